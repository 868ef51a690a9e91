import { bytesText } from '@farside/protocol';
import type { SessionInfo } from '@farside/protocol';
import { isAlive, stateWords } from './describe.ts';

/** Frames of R's stack at a crash that are worth a glance. */
const CALLS = 8;

/** Rows of a tooltip; the second part is what a session says, and is not markup. */
export type TooltipRow = readonly [label: string, text: string];

/** Everything known of a session, for its tooltip. `when` writes a time for people. */
export function sessionRows(session: SessionInfo, now: number, when: (ms: number) => string): TooltipRow[] {
  const { state, hello, memory, workspaceSaved } = session;
  const rows: TooltipRow[] = [['State', stateWords(session, now)]];
  if (state.state === 'waiting' && state.text.trim() !== '') rows.push(['R asks', state.text.trim()]);
  if (state.state === 'ended') {
    rows.push(['Why', state.final.message]);
    if (state.final.calls?.length) rows.push(['Last calls', state.final.calls.slice(0, CALLS).join(' ← ')]);
  }
  rows.push(['Last activity', when(session.lastActivity)], ['Started', when(session.created)]);
  if (memory !== undefined && isAlive(session)) rows.push(['Memory', bytesText(memory)]);
  if (workspaceSaved !== undefined) rows.push(['Workspace saved', when(workspaceSaved)]);
  rows.push(['Working directory', session.workdir]);
  if (hello) rows.push(['R', `${hello.rVersion}, ${hello.platform}, process ${hello.pid}`]);
  if (hello?.limits?.memory !== undefined) rows.push(['Memory limit', bytesText(hello.limits.memory)]);
  return rows;
}
