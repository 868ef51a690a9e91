import { FarsideError } from '@farside/protocol';

const SYSTEM_CODES: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG'];
/** SQLITE_FULL, and writing failed as it does when a quota is used up (SQLITE_IOERR_WRITE). */
const SQLITE_CODES: readonly unknown[] = [13, 778];

/** The error as `diskFull` when it says that no more can be written, from the system or from the database. */
export function diskFull(error: unknown): FarsideError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  if (SYSTEM_CODES.includes(code) || SQLITE_CODES.includes(errcode))
    return new FarsideError('diskFull', {}, { cause: error });
  return error.cause === undefined ? undefined : diskFull(error.cause);
}
