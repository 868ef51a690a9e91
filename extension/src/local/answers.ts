import type { FarsideError } from '@farside/protocol';
import { toFarsideError } from '../ui/toError.ts';
import { Refused, type Answer } from './handover.ts';
import type { RSignIn, SignInServer } from './signIn.ts';

/** The answer to what was done; an error is one that R can tell its user. */
export const told = (work: () => Promise<void>): Promise<Answer> => answer(work, ({ text }) => text);

/** A token that is good, of the sign-in that was handed over. What to do when there is none R says: it knows how it signed in. */
export const goodTokens = (signIn: RSignIn<SignInServer> | undefined, refused?: string): Promise<Answer> =>
  answer(
    async () => {
      if (signIn === undefined) throw new Refused(404, 'There is no sign-in here.');
      return signIn.tokens(refused);
    },
    ({ message }) => message,
  );

async function answer(work: () => Promise<unknown>, words: (error: FarsideError) => string): Promise<Answer> {
  try {
    return { status: 200, body: await work() };
  } catch (error) {
    if (error instanceof Refused) throw error;
    const known = toFarsideError(error);
    // R tells them apart: a sign-in that is over, and what may be tried again.
    throw new Refused(known.status === 401 ? 401 : known.retryable ? 503 : 409, words(known));
  }
}
