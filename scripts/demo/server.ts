import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { ComputeClient } from '../../server/src/compute/client.ts';
import { PROGRAM } from './program.ts';

export interface DemoServer {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** Ends the sessions, the compute node and the server. */
  stop(): Promise<void>;
}

/** The embedded server as `farside serve` starts it, on a free port. */
export async function startDemoServer(dataDir: string): Promise<DemoServer> {
  const password = randomBytes(12).toString('base64url');
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--port', '0', '--data-dir', dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, FARSIDE_ADMIN_PASSWORD: password },
  });
  const exited = once(child, 'exit');
  const ready = once(createInterface(child.stdout), 'line') as Promise<[string]>;
  const [line] = (await Promise.race([ready, exited])) as [unknown];
  if (typeof line !== 'string') throw new Error('The server did not start; its message stands above.');
  process.stdout.write(`${line}\n`);
  return {
    url: /https?:\/\/\S+/.exec(line)?.[0] ?? '',
    user: 'admin',
    password,
    async stop() {
      const compute = new ComputeClient(dataDir);
      for (const { id, state } of await compute.list())
        if (state.state !== 'ended') await compute.end(id, { force: true });
      // The web node first: it would start the compute node again.
      child.kill('SIGTERM');
      await exited;
      await compute.shutdown();
      compute.close();
    },
  };
}
