import { span } from '@farside/client';
import { bytesText, type SessionInfo } from '@farside/protocol';

/** Enough of an id to name a session here. */
const ID_CHARACTERS = 8;
const HEAD = ['ID', 'STATE', 'SINCE', 'NAME', 'R', 'MEMORY', 'ACTIVE'];

/** Sessions as lines with columns. `now`: ms since 1970. */
export function sessionsTable(infos: readonly SessionInfo[], now = Date.now()): string {
  if (infos.length === 0) return 'There are no sessions.\n';
  const rows = [HEAD, ...infos.map((info) => rowOf(info, now))];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

function rowOf(info: SessionInfo, now: number): string[] {
  const { state, hello, memory } = info;
  return [
    info.id.slice(0, ID_CHARACTERS),
    stateText(state),
    span(now - (state.state === 'busy' ? state.since : info.lastActivity)),
    printable(info.name),
    hello?.rVersion ?? '',
    memory === undefined ? '' : bytesText(memory),
    new Date(info.lastActivity).toISOString().slice(0, 16).replace('T', ' '),
  ];
}

function stateText(state: SessionInfo['state']): string {
  switch (state.state) {
    case 'waiting':
      return `waits: ${printable(state.text.trim()) || 'input'}`;
    case 'idle':
      return state.prompt === 'browser' ? 'debugging' : 'idle';
    case 'ended':
      return `ended (${state.final.cause})`;
    default:
      return state.state;
  }
}

/** Names and prompts come from R and from people: nothing of them may steer the terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, ' ').slice(0, 40);
