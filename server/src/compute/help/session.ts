import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FarsideError } from '@farside/protocol';
import { z } from 'zod';

const Libraries = z.array(z.string()).max(100);
const DOCUMENT = /^[1-9]\d{0,8}$/;

/** Where a session finds packages, as its worker wrote it down; none of one that is too old or has just started. */
export async function librariesOf(sessionDir: string): Promise<string[]> {
  try {
    return Libraries.parse(JSON.parse(await readFile(join(sessionDir, 'libraries.json'), 'utf8')));
  } catch {
    return [];
  }
}

/** A text that the session showed. Throws `noSuchDocument`. */
export async function documentOf(sessionDir: string, number: string): Promise<Uint8Array> {
  const file = DOCUMENT.test(number) ? join(sessionDir, 'documents', `${number}.txt`) : undefined;
  const text = file && (await readFile(file).catch(() => undefined));
  if (!text) throw new FarsideError('noSuchDocument', { document: number.slice(0, 20) });
  return text;
}
