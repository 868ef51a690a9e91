import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { FarsideError } from '@farside/protocol';

/** Argon2id by OWASP's first recommendation: one pass over 46 MiB. Less memory makes guessing cheap. */
const ARGON2 = { memory: 47_104, passes: 1, parallelism: 1, tagLength: 32 } as const;
const SALT_BYTES = 16;
export const MIN_PASSWORD_CHARACTERS = 8;
/** Longer passwords are refused before any work is done for them. */
const MAX_PASSWORD_BYTES = 1024;
/** Sign-ins hashed at the same time: bounds memory (2 x 46 MiB) and leaves threads of the pool to files. */
const CONCURRENT_HASHES = 2;
/** Sign-ins that may wait for their turn; more than this is a flood, told to come back. */
const MAX_WAITING = 64;
const RETRY_SECONDS = 2;

const derive = promisify(argon2);
type Parameters = Omit<typeof ARGON2, 'memory' | 'passes' | 'parallelism'> & {
  memory: number;
  passes: number;
  parallelism: number;
};

export function checkPasswordLength(password: string): void {
  if ([...password].length < MIN_PASSWORD_CHARACTERS)
    throw new FarsideError('weakPassword', { limit: MIN_PASSWORD_CHARACTERS });
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES)
    throw new FarsideError('badRequest', { reason: `a password has at most ${MAX_PASSWORD_BYTES} bytes` });
}

/** A PHC string, which names its own parameters: they can be raised later without losing anybody. */
export async function hashPassword(password: string): Promise<string> {
  const nonce = randomBytes(SALT_BYTES);
  const tag = await inTurn(() => hash(password, nonce, ARGON2));
  const { memory, passes, parallelism } = ARGON2;
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(nonce)}$${base64(tag)}`;
}

/** Stands for users that do not exist, so that their sign-ins take the same time. */
const NOBODY = `$argon2id$v=19$m=${ARGON2.memory},t=${ARGON2.passes},p=${ARGON2.parallelism}$${'A'.repeat(22)}$${'A'.repeat(43)}`;

/** Whether a password is the stored one; without a stored one false, after the same work. */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  if (Buffer.byteLength(password) > MAX_PASSWORD_BYTES) return false;
  const { parameters, nonce, tag } = parse(stored ?? NOBODY);
  const got = await inTurn(() => hash(password, nonce, parameters));
  return timingSafeEqual(got, tag) && stored !== undefined;
}

/** A password for the first start: 120 bits, without characters that are easily confused. */
export function oneTimePassword(): string {
  const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
  const bytes = randomBytes(24);
  return Array.from(bytes, (byte) => alphabet[byte % alphabet.length]).join('');
}

function parse(phc: string): { parameters: Parameters; nonce: Buffer; tag: Buffer } {
  const match = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(phc);
  if (!match) throw new Error('A stored password is not an Argon2id string.');
  const [memory, passes, parallelism] = match.slice(1, 4).map(Number) as [number, number, number];
  const tag = Buffer.from(match[5] ?? '', 'base64');
  const nonce = Buffer.from(match[4] ?? '', 'base64');
  return { parameters: { memory, passes, parallelism, tagLength: ARGON2.tagLength }, nonce, tag };
}

const hash = (password: string, nonce: Buffer, parameters: Parameters): Promise<Buffer> =>
  derive('argon2id', { message: password.normalize('NFC'), nonce, ...parameters });

const base64 = (bytes: Buffer): string => bytes.toString('base64').replace(/=+$/, '');

let running = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= CONCURRENT_HASHES) {
    if (waiting.length >= MAX_WAITING) throw new FarsideError('slowDown', { seconds: RETRY_SECONDS });
    await new Promise<void>((resolve) => waiting.push(resolve));
  } else running++;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next) next();
    else running--;
  }
}
