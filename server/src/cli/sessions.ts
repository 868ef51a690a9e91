import type { FarsideClient } from '@farside/client';
import { FarsideError } from '@farside/protocol';
import type { Command } from 'commander';
import { withClient, withConnection, type ServerOptions } from './connect.ts';
import { write } from './output.ts';
import { saveJournal } from './saveJournal.ts';
import { endDataDir, endMany, type EndHow } from './sessionsEnd.ts';
import { namedSession } from './sessionsFind.ts';
import { sessionsTable } from './sessionsTable.ts';

type Options = ServerOptions;
type Act = (client: FarsideClient, id: string) => Promise<void>;

/** `farside sessions`: what a list of sessions can do, for scripts and for a terminal without an editor. */
export function sessionsCommand(program: Command): void {
  const sessions = program.command('sessions').description('List and control your sessions.');
  const sub = (usage: string, description: string): Command =>
    withConnection(sessions.command(usage).description(description)).option(
      '--url <url>',
      'the server (default: FARSIDE_URL)',
    );
  const one = (text: string, options: Options, act: Act): Promise<void> =>
    withClient(options, async (client) => act(client, (await namedSession(client, text)).id));

  listCommand(sub);
  endCommand(sub, one);
  sub('interrupt <id>', 'Interrupt R, as Ctrl-C does. An id may be shortened, or be the name.')
    .option('--strong', 'terminate its child processes too')
    .action((text: string, options: Options & { strong?: boolean }) =>
      one(text, options, async (client, id) => {
        await client.call('interruptSession', { params: { id }, body: { level: options.strong ? 2 : 1 } });
      }),
    );
  sub('rename <id> <name>', 'Give a session another name.').action(
    (text: string, name: string, options: Options) =>
      one(text, options, async (client, id) => {
        await client.call('renameSession', { params: { id }, body: { name } });
      }),
  );
  sub('journal <id>', 'Show all that a session has shown, also after its end.')
    .option('--out <file>', 'write it to a file')
    .action((text: string, options: Options & { out?: string }) =>
      one(text, options, (client, id) => saveJournal(client, id, options.out)),
    );
  sub('remove <id>', 'Remove an ended session with its journal and plots; project folders stay.').action(
    (text: string, options: Options) =>
      one(text, options, async (client, id) => {
        await client.call('removeSession', { params: { id } });
      }),
  );
}

type Sub = (usage: string, description: string) => Command;

function listCommand(sub: Sub): void {
  sub('list', 'List the sessions that run, and those that ended in the last day.')
    .option('--json', 'as JSON, with everything that is known')
    .action((options: Options & { json?: boolean }) =>
      withClient(options, async (client) => {
        const infos = await client.call('sessions');
        const text = options.json ? `${JSON.stringify(infos, null, 2)}\n` : sessionsTable(infos);
        await write(process.stdout, text);
      }),
    );
}

interface EndOptions extends Options, EndHow {
  readonly all?: boolean;
  readonly dataDir?: string;
}

function endCommand(sub: Sub, one: (text: string, options: Options, act: Act) => Promise<void>): void {
  sub('end [id]', 'End R; files and journal stay.')
    .option('--force', 'kill R instead of asking it to end')
    .option('--save', 'save the workspace first where R lets us')
    .option('--all', 'all of your sessions')
    .option('--data-dir <dir>', 'with --all, on the server: every session of the directory, served or not')
    .action(async (text: string | undefined, options: EndOptions) => {
      if ((text === undefined) !== Boolean(options.all))
        throw new FarsideError('badRequest', { reason: 'name one session, or say --all' });
      if (options.dataDir !== undefined) {
        if (!options.all) throw new FarsideError('badRequest', { reason: '--data-dir goes with --all' });
        return say(await endDataDir(options.dataDir, options));
      }
      if (text !== undefined)
        return one(text, options, async (client, id) => void (await endMany(client, [id], options)));
      await withClient(options, async (client) => {
        const running = (await client.call('sessions')).filter(({ state }) => state.state !== 'ended');
        const ids = running.map(({ id }) => id);
        say(await endMany(client, ids, options));
      });
    });
}

const say = (ended: number): void =>
  void process.stdout.write(ended === 1 ? '1 session was ended.\n' : `${ended} sessions were ended.\n`);
