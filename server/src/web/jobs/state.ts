import type { EndCause, Final, JobError, JobState, SessionInfo } from '@farside/protocol';
import type { JobReport } from './report.ts';

/** What decides how a job is. */
export interface JobFacts {
  /** Somebody wanted it to end. */
  readonly cancelled: boolean;
  /** Of its worker; undefined before there is one. */
  readonly session: SessionInfo['state'] | undefined;
  /** What R wrote down. */
  readonly report: JobReport | undefined;
}
export interface JobStanding {
  readonly state: JobState;
  readonly error?: JobError;
  readonly message?: string;
}

/** Somebody ended the session on purpose. */
const ON_PURPOSE: readonly EndCause[] = ['asked', 'eof'];

/** How a job is, from what is known of its worker and from what R wrote down. */
export function standingOf({ cancelled, session, report }: JobFacts): JobStanding {
  if (!session) return { state: 'starting' };
  if (session.state === 'ended') return overStanding(session.final, cancelled, report);
  if (!report) return { state: 'starting' };
  // Until R is gone the job is not over, whatever the script came to.
  const asks = session.state === 'waiting' || (session.state === 'idle' && session.prompt === 'browser');
  return { state: asks && report.state === 'running' ? 'waiting' : 'running' };
}

function overStanding(final: Final, cancelled: boolean, report: JobReport | undefined): JobStanding {
  if (report?.state === 'succeeded') return { state: 'succeeded' };
  if (report?.state === 'failed') {
    const error = report.error ?? { message: 'The script failed.', traceback: [] };
    return cancelled ? { state: 'cancelled' } : { state: 'failed', error };
  }
  if (cancelled) return { state: 'cancelled' };
  if (final.cause === 'startup') return { state: 'failed', message: final.message };
  if (ON_PURPOSE.includes(final.cause)) return { state: 'cancelled', message: final.message };
  if (final.cause === 'quit') return quitStanding(final, report);
  return {
    state: 'lost',
    message: final.message,
    ...(final.calls && { error: { message: final.message, traceback: final.calls } }),
  };
}

/** `q()` in the script, or before it. */
function quitStanding({ status = 0 }: Final, report: JobReport | undefined): JobStanding {
  if (!report) return { state: 'failed', message: 'R ended before the script began.' };
  if (status === 0) return { state: 'succeeded', message: 'The script ended R by itself.' };
  return { state: 'failed', message: `The script ended R with status ${status}.` };
}
