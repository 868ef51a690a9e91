import type { Final } from '@farside/protocol';

/** What is known about a worker that died without a final record. */
export interface Death {
  /** It never came to its first prompt. */
  readonly starting: boolean;
  /** The machine was started again since. */
  readonly rebooted: boolean;
  /** We ended it by force because somebody asked. */
  readonly forced: boolean;
  readonly oom: boolean;
  /** As the worker's parent saw it, where that was not killed too. */
  readonly status?: number;
  readonly signal?: NodeJS.Signals;
  /** The end of what R said before it could use the journal. */
  readonly startupText?: string;
}

/** Words for a death, without guessing. */
export function causeOfDeath(death: Death): Final {
  if (death.rebooted) return { cause: 'reboot', message: 'The machine was restarted.' };
  if (death.forced) return { cause: 'asked', message: 'R was ended by force, as asked.', signal: 'SIGKILL' };
  if (death.oom) {
    const message = 'The kernel’s out-of-memory killer ended R: its control group was out of memory.';
    return { cause: 'oom', message, signal: 'SIGKILL' };
  }
  const how = {
    ...(death.signal && { signal: death.signal }),
    ...(typeof death.status === 'number' && { status: death.status }),
  };
  if (death.starting) {
    const said = death.startupText?.trim();
    return {
      cause: 'startup',
      message: said ? `R ended while starting: ${said}` : 'R ended while starting.',
      ...how,
    };
  }
  if (death.signal && death.signal !== 'SIGKILL' && death.signal !== 'SIGTERM') {
    return { cause: 'crash', message: `R was ended by ${death.signal}.`, ...how };
  }
  if (typeof death.status === 'number') {
    return { cause: 'crash', message: `R ended with status ${death.status} without saying why.`, ...how };
  }
  const by = death.signal ? ` by ${death.signal}` : '';
  return { cause: 'killed', message: `R was killed${by} from outside.`, ...how };
}
