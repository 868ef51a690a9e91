import { BANNER } from '@farside/client';

/** The original's banner, then where this is, then what the server wants everybody to know. */
export function banner(server: string, rVersion: string | undefined, notice: string): string {
  const where = rVersion === undefined ? server : `${server}, R ${rVersion}`;
  const lines = [BANNER.trimEnd(), '', where, ...(notice === '' ? [] : [notice]), '', ''];
  return lines.join('\n').replaceAll('\n', '\r\n');
}
