import { decodeConsumed, decodeInput, InputFlag, PromptKind, RecordType } from '@farside/protocol';
import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';
import { ConsoleOutput } from '../execute/output.ts';
import { journalOf } from '../journal.ts';

type Names = 'executeCode' | 'getSessionConsoleOutput' | 'listSessionHistory';
const TOP = PromptKind.top.charCodeAt(0);
/** The smallest tail: nothing but the newest output comes. */
const NO_OUTPUT = 1;

/** Running code by request, and reading what ran. The last two read the journal, so they outlive R. */
export function executeHandlers({ sessions, executions, compute }: WebDeps): Pick<Handlers, Names> {
  return {
    executeCode: async ({ user, params, body }) =>
      executions.execute(await sessions.running(user.name, params['id'] ?? ''), body),
    async getSessionConsoleOutput({ user, params }) {
      const { id } = await sessions.owned(user.name, params['id'] ?? '');
      const output = new ConsoleOutput();
      // First where the last execution begins, without any output; then that alone.
      const begin = await lastRun(compute, id);
      if (begin === undefined) return { consoleOutput: '' };
      for await (const record of journalOf(compute, id, begin)) {
        if (record.type === RecordType.prompt && record.flag === TOP) break;
        output.add(record);
      }
      return { consoleOutput: output.text };
    },
    async listSessionHistory({ user, params }) {
      const { id } = await sessions.owned(user.name, params['id'] ?? '');
      const history: string[] = [];
      for await (const record of journalOf(compute, id, 0, NO_OUTPUT)) {
        if (record.type !== RecordType.accepted) continue;
        const { display, text } = decodeInput(record.payload);
        history.push((display || text).replace(/\n$/, ''));
      }
      return history;
    },
  };
}

/** Where R began to read the last file it ran. */
async function lastRun(compute: WebDeps['compute'], id: string): Promise<number | undefined> {
  let begin: number | undefined;
  for await (const record of journalOf(compute, id, 0, NO_OUTPUT))
    if (record.type === RecordType.consumed && decodeConsumed(record.payload).flag === InputFlag.run)
      begin = record.seq;
  return begin;
}
