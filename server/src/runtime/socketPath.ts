import { closeSync, constants, openSync } from 'node:fs';
import { join } from 'node:path';

/** `sun_path` has 108 bytes with its final NUL; a longer path fails to bind and to connect. */
const MAX_SOCKET_PATH = 107;

/** A path for bind and connect that is short enough, until it is closed. */
export interface SocketPath {
  readonly path: string;
  close(): void;
}

/** Names a Unix socket in a directory; long paths go through /proc/self/fd. */
export function socketPath(dir: string, name: string): SocketPath {
  const direct = join(dir, name);
  if (Buffer.byteLength(direct) <= MAX_SOCKET_PATH) return { path: direct, close: () => {} };
  const fd = openSync(dir, constants.O_RDONLY | constants.O_DIRECTORY);
  let open = true;
  return {
    path: `/proc/self/fd/${fd}/${name}`,
    close: () => {
      if (open) closeSync(fd);
      open = false;
    },
  };
}
