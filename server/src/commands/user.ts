import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { Command } from 'commander';
import { openAccounts } from './accounts.ts';

interface DataDirOption {
  dataDir: string;
}

/** `farside user`: accounts, through the running server when there is one. */
export function userCommand(program: Command): void {
  const user = program.command('user').description('Manage the accounts of a server.');
  const sub = (usage: string, description: string): Command =>
    user
      .command(usage)
      .description(description)
      .requiredOption('--data-dir <dir>', 'the data directory of the server');
  const say = (text: string): void => void process.stdout.write(`${text}\n`);

  sub('add <name>', 'Add a user. The password is asked for, or read from standard input.').action(
    async (name: string, { dataDir }: DataDirOption) => {
      const password = await askPassword(name);
      await using accounts = await openAccounts(dataDir);
      await accounts.add(name, password);
      say(`User ${name} was added.`);
    },
  );
  sub('list', 'List the users.').action(async ({ dataDir }: DataDirOption) => {
    await using accounts = await openAccounts(dataDir);
    for (const { name, admin } of await accounts.list()) say(admin ? `${name} (administrator)` : name);
  });
  sub('remove <name>', 'Remove a user; the user’s sessions end.').action(
    async (name: string, { dataDir }: DataDirOption) => {
      await using accounts = await openAccounts(dataDir);
      await accounts.remove(name);
      say(`User ${name} was removed.`);
    },
  );
  sub('password <name>', 'Set a password; the user’s sign-ins end.').action(
    async (name: string, { dataDir }: DataDirOption) => {
      const password = await askPassword(name);
      await using accounts = await openAccounts(dataDir);
      await accounts.setPassword(name, password);
      say(`The password of ${name} was changed.`);
    },
  );
}

/** Asked without echo at a terminal; otherwise the first line of standard input. */
async function askPassword(name: string): Promise<string> {
  const { stdin, stderr } = process;
  if (!stdin.isTTY) {
    for await (const line of createInterface({ input: stdin })) return line;
    return '';
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: true });
  try {
    stderr.write(`New password for ${name}: `);
    return await lines.question('');
  } finally {
    stderr.write('\n');
    lines.close();
  }
}
