/**
 * A real server for the tests of r/mrsdeploy. Says `ready URL PASSWORD`, then takes lines on standard input: `down` kills
 * the web node (compute node and sessions go on), `up` starts it again on the same port; each is answered by `done`. The
 * end of the input ends everything.
 */
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { startServer, stopCompute, temporaryDataDir } from './server.ts';

const dataDir = temporaryDataDir();
let server = await startServer({ dataDir });
const port = Number(new URL(server.url).port);
process.stdout.write(`ready ${server.url} ${server.password}\n`);

for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'down') await server.endWebNode('SIGKILL');
  else if (line === 'up') server = await startServer({ dataDir, port });
  process.stdout.write('done\n');
}
await server.endWebNode();
await stopCompute(dataDir);
rmSync(dataDir, { recursive: true, force: true });
