import { decodeConsumed, decodeInput, InputFlag, PromptKind, RecordType } from '@farside/protocol';
import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';
import { ConsoleOutput } from '../execute/output.ts';
import { journalOf } from '../journal.ts';

type Names = 'executeCode' | 'getSessionConsoleOutput' | 'listSessionHistory';
const TOP = PromptKind.top.charCodeAt(0);

/** Running code by request, and reading what ran. The last two read the journal, so they outlive R. */
export function executeHandlers({ sessions, executions, compute }: WebDeps): Pick<Handlers, Names> {
  return {
    executeCode: async ({ user, params, body }) =>
      executions.execute(await sessions.running(user.name, params['id'] ?? ''), body),
    async getSessionConsoleOutput({ user, params }) {
      const { id } = await sessions.owned(user.name, params['id'] ?? '');
      let output = new ConsoleOutput();
      let taking = false;
      for await (const record of journalOf(compute, id, 0)) {
        if (record.type === RecordType.consumed && decodeConsumed(record.payload).flag === InputFlag.run) {
          output = new ConsoleOutput();
          taking = true;
        } else if (record.type === RecordType.prompt && record.flag === TOP) taking = false;
        else if (taking) output.add(record);
      }
      return { consoleOutput: output.text };
    },
    async listSessionHistory({ user, params }) {
      const { id } = await sessions.owned(user.name, params['id'] ?? '');
      const history: string[] = [];
      for await (const record of journalOf(compute, id, 0)) {
        if (record.type !== RecordType.accepted) continue;
        const { display, text } = decodeInput(record.payload);
        history.push((display || text).replace(/\n$/, ''));
      }
      return history;
    },
  };
}
