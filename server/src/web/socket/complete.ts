import { Completion, FarsideError, type CompleteRequest } from '@farside/protocol';
import { rString } from '../rText.ts';
import type { Connection } from './connection.ts';

/** Longer than this nobody waits for a completion. */
const COMPLETE_MS = 2_000;

/** Completion by the live session. While R is busy there is none, which is no error. */
export async function complete(connection: Connection, request: CompleteRequest): Promise<Completion> {
  const { attachment, line, cursor } = request;
  const { session } = connection.attachment(attachment);
  // R counts characters, editors count UTF-16 units.
  const characters = [...line.slice(0, cursor)].length;
  const code = `farside:::rpc_complete(${rString(line)}, ${characters}L)`;
  try {
    const answer = Completion.parse(
      JSON.parse(await connection.deps.compute.callText(session, code, COMPLETE_MS)),
    );
    return { ...answer, from: [...line].slice(0, answer.from).join('').length };
  } catch (error) {
    if (error instanceof FarsideError && error.code === 'sessionBusy') return { from: cursor, items: [] };
    throw error;
  }
}
