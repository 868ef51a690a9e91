import type { Command } from 'commander';
import { connect, withConnection, type ConnectOptions } from './connect.ts';
import { diffReport } from './diffReport.ts';
import { localEnvironment } from './localR.ts';

/** `farside diff`: what differs between R here and R there. */
export function diffCommand(program: Command): void {
  const command = program
    .command('diff')
    .argument('[url]', 'the server (default: FARSIDE_URL)')
    .description('Compares R and its packages on this machine with those of the server.');
  withConnection(command).action(async (url: string | undefined, options: ConnectOptions) => {
    const client = await connect(url, options);
    try {
      const [local, remote] = await Promise.all([localEnvironment(), client.call('rEnvironment')]);
      process.stdout.write(diffReport(local, remote));
    } finally {
      client.dispose();
    }
  });
}
