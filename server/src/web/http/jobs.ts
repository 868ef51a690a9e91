import { FarsideError } from '@farside/protocol';
import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';

type Names = 'startJob' | 'jobs' | 'job' | 'cancelJob' | 'rerunJob' | 'removeJob' | 'jobResult' | 'jobFrames';

/** Jobs: scripts with a worker of their own. */
export function jobHandlers(_deps: WebDeps): Pick<Handlers, Names> {
  const later = (): never => {
    throw new FarsideError('notFound', { what: 'job' });
  };
  return {
    startJob: later,
    jobs: later,
    job: later,
    cancelJob: later,
    rerunJob: later,
    removeJob: later,
    jobResult: later,
    jobFrames: later,
  };
}
