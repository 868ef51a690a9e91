import { readFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import { ProjectSync, nodeFiles, type FarsideClient } from '@farside/client';
import { FarsideError } from '@farside/protocol';

/** The text of a script on this machine. @throws FarsideError `noSuchFile`, `badInput` */
export async function scriptText(path: string): Promise<string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new FarsideError('noSuchFile', { path }, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch (cause) {
    const reason = `${path} is not UTF-8; convert it first, e.g. with iconv -f latin1 -t utf-8`;
    throw new FarsideError('badInput', { reason }, { cause });
  }
}

/** The script as R's messages should name it: relative to the working directory where it is inside. */
export function nameIn(path: string, project: string | undefined): string {
  const inside = relative(resolve(project ?? dirname(path)), resolve(path));
  return inside.startsWith('..') ? basename(path) : inside.split(sep).join('/');
}

/** Sends what changed, and gives the folder's id. What the server changed meanwhile stays, and is named. */
export async function sendProject(client: FarsideClient, directory: string, script: string): Promise<string> {
  const root = resolve(directory);
  const include = new Set<string>();
  const files = nodeFiles(root);
  const sync = new ProjectSync({ client, files, key: root, name: basename(root), include: () => include });
  const first = await sync.scan({ script });
  // Nobody to ask here: what the script names is needed.
  for (const path of first.namedButIgnored) include.add(path);
  const scan = first.namedButIgnored.length > 0 ? await sync.scan() : first;
  for (const { path, size } of scan.tooLarge)
    process.stderr.write(`farside: ${path} was not sent: it has ${size} bytes\n`);
  const plan = await sync.plan(scan);
  await sync.upload(plan);
  for (const path of plan.conflicts)
    process.stderr.write(
      `farside: ${path} was not sent: it changed on the server since it was last synced\n`,
    );
  return (await sync.folder()).id;
}
