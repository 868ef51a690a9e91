import type { SessionState } from '@farside/protocol';
import type { ServerState } from '../servers/state.ts';
import { duration, stateLook } from '../sessions/describe.ts';

export type StatusInput =
  | { readonly kind: 'none' }
  | { readonly kind: 'servers'; readonly count: number }
  | { readonly kind: 'server'; readonly server: string; readonly state: ServerState['kind'] }
  | {
      readonly kind: 'session';
      readonly server: string;
      readonly session: string;
      readonly state: SessionState;
      readonly offline: boolean;
      /** Since when the server does not answer, ms since 1970, where known. */
      readonly since?: number;
    };

export interface StatusLook {
  readonly text: string;
  readonly tooltip: string;
  readonly command: string;
  readonly warning: boolean;
}

/** The status bar as a function of how things stand. */
export function statusLook(input: StatusInput, now = Date.now()): StatusLook {
  switch (input.kind) {
    case 'none':
      return look('$(remote) Farside', 'Add a Farside server', 'farside.addServer');
    case 'servers':
      return look('$(remote) No session', 'Choose the session that code runs in', 'farside.switchSession');
    case 'server':
      return serverLook(input.server, input.state);
    case 'session':
      return sessionLook(input, now);
  }
}

function serverLook(server: string, state: ServerState['kind']): StatusLook {
  switch (state) {
    case 'signedOut':
      return look(`$(sign-in) ${server}`, `Not signed in to ${server}. Select to sign in.`, 'farside.signIn');
    case 'failed':
      return look(
        `$(warning) ${server}: offline`,
        `${server} can not be reached. Select to try again.`,
        'farside.retry',
        true,
      );
    case 'unknown':
    case 'connecting':
      return look(`$(loading~spin) ${server}`, `Connecting to ${server}`, 'farside.switchSession');
    case 'ready':
      return look(
        `$(remote) ${server}: no session`,
        `Code will run in a new session on ${server}. Select to choose another.`,
        'farside.switchSession',
      );
  }
}

function sessionLook(
  { server, session, state, offline, since }: StatusInput & { kind: 'session' },
  now: number,
): StatusLook {
  const where = `${session} on ${server}`;
  if (offline)
    return look(
      `$(debug-disconnect) ${session} @ ${server}: offline`,
      `No connection to ${server}${sinceText(since, now)}; the session ${session} goes on there. Trying again by itself; select to try now.`,
      'farside.retry',
      true,
    );
  const { icon, word } = stateLook(state);
  return look(
    `$(${icon}) ${session} @ ${server}`,
    `R code runs in ${where}: ${word}. Select to switch.`,
    'farside.switchSession',
  );
}

const sinceText = (since: number | undefined, now: number): string =>
  since === undefined ? '' : ` for ${duration(now - since)}`;

function look(text: string, tooltip: string, command: string, warning = false): StatusLook {
  return { text, tooltip, command, warning };
}
