import { FarsideError } from '@farside/protocol';

/** Everything that is thrown as an error of the table: what is not ours is unexpected and keeps its cause. */
export function toFarsideError(error: unknown): FarsideError {
  if (error instanceof FarsideError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new FarsideError('clientFault', { message }, { cause: error });
}
