/** The demo itself, under the pinned Node: server, sign-in, diff report, remote run, plots, what to do next. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FarsideClient, memoryTokenStore } from '@farside/client';
import { farside } from './program.ts';
import { savePlots } from './plots.ts';
import { startDemoServer } from './server.ts';

const root = join(import.meta.dirname, '..', '..');
const project = join(root, 'examples', 'air-quality');
const out = join(root, 'farside-demo');
const heading = (text: string): void => void process.stdout.write(`\n── ${text}\n\n`);

const dataDir = mkdtempSync(join(tmpdir(), 'farside-demo-'));
heading('A server on a free port, with its data in a temporary directory');
const server = await startDemoServer(dataDir);
let status = 1;
try {
  const client = new FarsideClient({ url: server.url, tokens: memoryTokenStore() });
  await client.signIn(server.user, server.password);
  process.stdout.write(`Signed in at ${server.url} as ${server.user}.\n`);

  heading('Local and remote R compared: farside diff');
  await farside(['diff'], server);

  heading('examples/air-quality/analysis.R on the remote R: farside run');
  mkdirSync(out, { recursive: true });
  const script = join(project, 'analysis.R');
  status = await farside(['run', script, '--project', project, '--out', out, '--keep'], server);

  heading(`Plots, drawn at 800 x 600 and saved to ${out}`);
  for (const file of await savePlots(client, out)) process.stdout.write(`${file}\n`);
  client.dispose();
} finally {
  await server.stop();
  rmSync(dataDir, { recursive: true, force: true });
}

heading('What to do next');
process.stdout
  .write(`1. npx farside serve --data-dir ~/farside     start a server of your own; it prints the password of "admin"
2. npm run package                               make the extension, install the .vsix in VS Code
3. In VS Code: "Farside: Add Server", http://127.0.0.1:12800, sign in, open an R script, "Run Current File".
   Without VS Code: npx farside console http://127.0.0.1:12800
`);
process.exitCode = status;
