import { span } from '@farside/client';
import { bytesText, type SessionInfo } from '@farside/protocol';
import { columns, printable } from './columns.ts';

/** Enough of an id to name a session here. */
const ID_CHARACTERS = 8;
const HEAD = ['ID', 'STATE', 'SINCE', 'NAME', 'R', 'MEMORY', 'ACTIVE'];

/** Sessions as lines with columns. `now`: ms since 1970. */
export function sessionsTable(infos: readonly SessionInfo[], now = Date.now()): string {
  if (infos.length === 0) return 'There are no sessions.\n';
  return columns([HEAD, ...infos.map((info) => rowOf(info, now))]);
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
