import { FarsideError } from '@farside/protocol';
import { z } from 'zod';
import { checkHash, hashFile } from '../../files/hashes.ts';
import type { WebDeps } from '../deps.ts';
import { rString } from '../rText.ts';
import { transferCall } from './askR.ts';

const MAX_NAME_BYTES = 10_000;
const Imported = z.object({ names: z.array(z.string()) });

/** An upload of objects: `objects` is '' or the name of a list for them; `hash`: SHA-256, hex. */
export interface ImportTarget {
  readonly session: string;
  readonly into: string;
  readonly hash: string;
}

export const isImport = (metadata: Readonly<Record<string, string>>): boolean =>
  metadata['objects'] !== undefined;

/** What an upload of objects is for. Throws what is wrong with it, also `sessionEnded`. */
export async function importTarget(
  { sessions }: Pick<WebDeps, 'sessions'>,
  owner: string,
  metadata: Readonly<Record<string, string>>,
): Promise<ImportTarget> {
  const hash = checkHash(metadata['hash']);
  const into = metadata['objects'] ?? '';
  if (into.includes('\0') || Buffer.byteLength(into) > MAX_NAME_BYTES)
    throw new FarsideError('badRequest', { reason: 'objects: that is not the name of an R object' });
  const { id } = await sessions.running(owner, metadata['session'] ?? '');
  return { session: id, into, hash };
}

/** Lets R assign what was uploaded, all or none. */
export async function finishImport(
  deps: Pick<WebDeps, 'sessions' | 'compute'>,
  owner: string,
  metadata: Readonly<Record<string, string>>,
  source: string,
  knownHash?: string,
): Promise<string[]> {
  const { session, into, hash } = await importTarget(deps, owner, metadata);
  if ((knownHash ?? (await hashFile(source))) !== hash)
    throw new FarsideError('uploadDamaged', { path: into || 'objects' });
  const name = into === '' ? 'NULL' : rString(into);
  const text = await transferCall(deps.compute, session, `farside:::rpc_import(${rString(source)}, ${name})`);
  return Imported.parse(JSON.parse(text)).names;
}
