import { createHmac, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const KEY_BYTES = 64;
const FILE_MODE = 0o600;

/** Keys for the tokens, derived from one secret so that none serves two purposes. */
export interface Keys {
  /** Signs access tokens. */
  readonly access: Uint8Array;
  /** Derives a refresh token from the one before it. */
  readonly refresh: Uint8Array;
}

/** Reads the server's secret, making it at the first start. */
export function loadKeys(path: string): Keys {
  const secret = readSecret(path) ?? createSecret(path);
  const derive = (purpose: string) => createHmac('sha512', secret).update(purpose).digest();
  return { access: derive('access token'), refresh: derive('refresh token') };
}

function readSecret(path: string): Buffer | undefined {
  try {
    const secret = Buffer.from(readFileSync(path, 'utf8').trim(), 'hex');
    if (secret.length !== KEY_BYTES)
      throw new Error(`${path} is damaged: remove it; everybody signs in again.`);
    return secret;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Whole or not at all: written beside and linked into place. */
function createSecret(path: string): Buffer {
  const temporary = `${path}.${process.pid}`;
  const secret = randomBytes(KEY_BYTES);
  writeFileSync(temporary, secret.toString('hex'), { mode: FILE_MODE });
  linkSync(temporary, path);
  rmSync(temporary);
  return secret;
}
