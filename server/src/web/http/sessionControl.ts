import { FarsideError } from '@farside/protocol';
import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';

type Names = 'renameSession' | 'interruptSession' | 'endSession' | 'removeSession' | 'sessionJournal';

/** What a list of sessions can do to one of them. */
export function sessionControlHandlers(_deps: WebDeps): Pick<Handlers, Names> {
  const later = (): never => {
    throw new FarsideError('notFound', { what: 'session' });
  };
  return {
    renameSession: later,
    interruptSession: later,
    endSession: later,
    removeSession: later,
    sessionJournal: later,
  };
}
