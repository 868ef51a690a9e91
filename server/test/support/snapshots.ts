import type { ExecuteResponse, LoadedSnapshot, MadeSnapshot } from '@farside/protocol';
import type { Answer, Api } from './api.ts';

/** Runs code in a session and gives what it printed; throws R's error. */
export async function runIn(api: Api, id: string, code: string): Promise<string> {
  const answer = await api.ask('executeCode', { params: { id }, body: { code } });
  if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
  const { success, errorMessage, consoleOutput } = answer.json<ExecuteResponse>();
  if (!success) throw new Error(errorMessage);
  return consoleOutput;
}

/** A value printed with cat(). */
export const valueIn = (api: Api, id: string, expression: string): Promise<string> =>
  runIn(api, id, `cat(${expression})`);

export async function makeSnapshot(api: Api, id: string, body: object = {}): Promise<MadeSnapshot> {
  const answer = await api.ask('makeSnapshot', { params: { id }, body });
  if (answer.status !== 201) throw new Error(`no snapshot: ${answer.status} ${answer.text}`);
  return answer.json<MadeSnapshot>();
}

export async function mergeSnapshot(
  api: Api,
  id: string,
  snapshotId: string,
  body: object = {},
): Promise<LoadedSnapshot> {
  const answer = await api.ask('mergeSnapshot', { params: { id, snapshotId }, body });
  if (answer.status !== 200) throw new Error(`not loaded: ${answer.status} ${answer.text}`);
  return answer.json<LoadedSnapshot>();
}

export const codeOf = (answer: Answer): string => answer.json<{ code: string }>().code;
