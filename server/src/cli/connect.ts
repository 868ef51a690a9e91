import {
  FarsideClient,
  fixedTokenStore,
  memoryTokenStore,
  normalizeUrl,
  signInByDevice,
  type DeviceCode,
  type TokenStore,
} from '@farside/client';
import { FarsideError, type Directory, type SignInMethods } from '@farside/protocol';
import type { Command } from 'commander';
import { productVersion } from '../web/notice.ts';
import { askLine, askSecret } from './ask.ts';
import { fileTokenStore } from './tokenFile.ts';

export interface ConnectOptions {
  user?: string;
  remember?: boolean;
}

export interface ServerOptions extends ConnectOptions {
  readonly url?: string;
}

/** The flags that all client commands share. */
export function withConnection(command: Command): Command {
  return command
    .option('--user <name>', 'user name (default: FARSIDE_USER)')
    .option('--remember', 'keep the sign-in in ~/.config/farside for next time')
    .addHelpText(
      'after',
      '\nEnvironment: FARSIDE_URL, FARSIDE_USER, FARSIDE_PASSWORD, or FARSIDE_TOKEN instead of the last two.' +
        '\nWhere people have accounts of Entra ID, a code is shown that you enter in a browser.',
    );
}

/** A signed-in client, and how to sign in anew when that has expired. */
export interface Connected {
  readonly client: FarsideClient;
  /** Asks for what the environment does not say; rejects where nobody can be asked. */
  readonly signInAgain: () => Promise<void>;
}

/** As {@link connect}, for what goes on for long. */
export async function connectForLong(url: string | undefined, options: ConnectOptions): Promise<Connected> {
  const client = await connect(url, options);
  const signInAgain = async (): Promise<void> => signIn(client, (await client.about()).signIn, options);
  return { client, signInAgain };
}

/**
 * A signed-in client. What flags do not say comes from the environment; what is still missing is asked where there is
 * a terminal to ask on.
 */
export async function connect(url: string | undefined, options: ConnectOptions): Promise<FarsideClient> {
  const env = process.env;
  const address = url ?? env['FARSIDE_URL'];
  if (!address)
    throw new FarsideError('badRequest', { reason: 'no server is named: give its URL or set FARSIDE_URL' });
  const { tokens, signedIn } = await tokenStore(normalizeUrl(address), options);
  const client = new FarsideClient({ url: address, tokens, userAgent: `farside/${productVersion()}` });
  const { notice, signIn: methods } = await client.about();
  if (!signedIn) await signIn(client, methods, options);
  if (notice && process.stderr.isTTY) process.stderr.write(`${notice}\n`);
  return client;
}

/** Does something with a signed-in client, and lets go of it. */
export async function withClient(
  options: ServerOptions,
  work: (client: FarsideClient) => Promise<void>,
): Promise<void> {
  const client = await connect(options.url, options);
  try {
    await work(client);
  } finally {
    client.dispose();
  }
}

async function tokenStore(
  url: string,
  options: ConnectOptions,
): Promise<{ tokens: TokenStore; signedIn: boolean }> {
  const token = process.env['FARSIDE_TOKEN'];
  if (token) return { tokens: fixedTokenStore(token), signedIn: true };
  const saved = fileTokenStore(url);
  const explicit = options.user !== undefined || process.env['FARSIDE_PASSWORD'] !== undefined;
  if (!explicit && (await saved.load())) return { tokens: saved, signedIn: true };
  return { tokens: options.remember ? saved : memoryTokenStore(), signedIn: false };
}

async function signIn(
  client: FarsideClient,
  { password, directory }: SignInMethods,
  options: ConnectOptions,
): Promise<void> {
  const named = options.user !== undefined || process.env['FARSIDE_PASSWORD'] !== undefined;
  if (!directory) return signInWithPassword(client, options);
  if (!password) return signInAtDirectory(client, directory);
  if (named || !process.stdin.isTTY) return signInWithPassword(client, options);
  const user = await askLine(`User at ${client.url} (empty: an account of ${directory.authority}): `);
  if (user === '') return signInAtDirectory(client, directory);
  return signInWithPassword(client, { ...options, user });
}

/** Without a terminal nobody would enter the code: a program brings its token with it. */
async function signInAtDirectory(client: FarsideClient, directory: Directory): Promise<void> {
  if (!process.stdin.isTTY && !process.stderr.isTTY)
    throw new FarsideError('badRequest', {
      reason: 'nobody can sign in here: set FARSIDE_TOKEN to an access token, or run this in a terminal',
    });
  const cancelled = new AbortController();
  const cancel = (): void => cancelled.abort();
  process.once('SIGINT', cancel);
  try {
    const tokens = await signInByDevice(directory, showCode, cancelled.signal);
    await client.signInWith(tokens);
  } finally {
    process.off('SIGINT', cancel);
  }
}

const showCode = ({ url, code }: DeviceCode): void =>
  void process.stderr.write(`To sign in, open ${url} in a browser and enter the code ${code}\n`);

async function signInWithPassword(client: FarsideClient, options: ConnectOptions): Promise<void> {
  const env = process.env;
  const given = env['FARSIDE_PASSWORD'];
  if (given === undefined && !process.stdin.isTTY)
    throw new FarsideError('badRequest', {
      reason: 'there is no password: set FARSIDE_PASSWORD, or run this in a terminal',
    });
  const user = options.user ?? env['FARSIDE_USER'] ?? (await askLine(`User at ${client.url}: `));
  await client.signIn(user, given ?? (await askSecret(`Password of ${user}: `)));
}
