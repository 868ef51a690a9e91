import { FarsideError } from '@farside/protocol';

/** Names that mean devices on Windows. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Checks a path that a server sent before anything is written there: it must stay inside the project on every
 * system, and it must not be version control's.
 * @throws FarsideError `badPath`
 */
export function safeRelativePath(path: string): string {
  const refuse = (reason: string): never => {
    throw new FarsideError('badPath', { path, reason });
  };

  if (/[\x00-\x1f\x7f\\:]/.test(path)) refuse('it has characters that are not allowed');
  for (const part of path.split('/')) {
    if (part === '' || part === '.' || part === '..') refuse('it is not inside the project');
    if (part.toLowerCase() === '.git') refuse('it is inside .git');
    if (DEVICE.test(part) || /[. ]$/.test(part)) refuse('it can not be a file name on every system');
  }
  return path;
}
