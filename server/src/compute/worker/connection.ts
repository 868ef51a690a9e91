import { connect, type Socket } from 'node:net';
import { socketPath } from '../../runtime/socketPath.ts';
import { sessionFiles } from '../files.ts';

/** Connects to the worker of a session directory. */
export function connectWorker(dir: string): Promise<Socket> {
  const path = socketPath(dir, sessionFiles(dir).socket);
  return new Promise<Socket>((resolve, reject) => {
    const socket = connect(path.path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      // From here on `close` follows every error and is what users of the connection watch.
      socket.on('error', () => {});
      resolve(socket);
    });
  }).finally(() => path.close());
}
