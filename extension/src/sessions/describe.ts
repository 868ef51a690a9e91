import type { SessionInfo, SessionState } from '@farside/protocol';

/** How a session's state looks everywhere: tree, terminal title, status bar. */
export interface StateLook {
  /** A theme icon's id. */
  readonly icon: string;
  readonly word: string;
}

/** Shorter work is over before the number is read. */
const WORTH_TELLING_MS = 2_000;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

export function stateLook(state: SessionState): StateLook {
  switch (state.state) {
    case 'starting':
      return { icon: 'loading~spin', word: 'starting' };
    case 'idle':
      return state.prompt === 'browser'
        ? { icon: 'debug-alt', word: 'in the browser' }
        : { icon: 'circle-filled', word: 'idle' };
    case 'waiting':
      return { icon: 'question', word: 'waiting for an answer' };
    case 'busy':
      return { icon: 'sync~spin', word: 'busy' };
    case 'ending':
      return { icon: 'loading~spin', word: 'ending' };
    case 'ended':
      return { icon: 'circle-slash', word: 'ended' };
  }
}

/** "12 s", "3 min", "2 h", "5 d": rough on purpose, it stands beside a name. */
export function duration(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1000));
  if (s < MINUTE_S) return `${s} s`;
  if (s < HOUR_S) return `${Math.floor(s / MINUTE_S)} min`;
  if (s < DAY_S) return `${Math.floor(s / HOUR_S)} h`;
  return `${Math.floor(s / DAY_S)} d`;
}

/** The grey text beside a session's name: what matters most comes first, since a narrow view cuts the end. */
export function sessionDetail(session: SessionInfo, now: number, current = false): string {
  const { state } = session;
  const { word } = stateLook(state);
  const ms = state.state === 'busy' ? now - state.since : 0;
  const parts = [ms < WORTH_TELLING_MS ? word : `${word} for ${duration(ms)}`];
  if (current) parts.push('current');
  if (session.hello) parts.push(`R ${session.hello.rVersion}`);
  return parts.join(' · ');
}

/** A session counts as alive until its end is recorded. */
export const isAlive = (session: SessionInfo): boolean => session.state.state !== 'ended';

/** Those that run in the order of their birth, then the ended ones, the newest first. */
export function inOrder(sessions: readonly SessionInfo[]): readonly SessionInfo[] {
  const alive = sessions.filter(isAlive).sort((a, b) => a.created - b.created);
  const ended = sessions.filter((one) => !isAlive(one)).sort((a, b) => b.lastActivity - a.lastActivity);
  return [...alive, ...ended];
}
