import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FarsideClient } from '@farside/client';

const SIZE = { format: 'png', width: 800, height: 600, scale: 1 } as const;

/** Saves every plot of every session as PNG; gives the file names. */
export async function savePlots(client: FarsideClient, dir: string): Promise<string[]> {
  const files: string[] = [];
  for (const { id } of await client.call('sessions')) {
    for (const { page } of await client.call('plots', { params: { id } })) {
      const response = await client.download('plot', { params: { id, page }, query: SIZE });
      const file = join(dir, `plot-${page}.png`);
      writeFileSync(file, new Uint8Array(await response.arrayBuffer()));
      files.push(file);
    }
  }
  return files;
}
