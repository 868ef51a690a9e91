import { FarsideError, WORKER_PROTOCOL, type Hello } from '@farside/protocol';

/**
 * Throws `workerTooNew` for a worker that a newer server started: after a downgrade its session is listed and can be
 * ended, but nobody talks to it in words it may have given another meaning.
 */
export function requireKnownWorker(hello: Hello | undefined): void {
  const version = hello?.protocol ?? WORKER_PROTOCOL;
  if (version > WORKER_PROTOCOL) throw new FarsideError('workerTooNew', { version, known: WORKER_PROTOCOL });
}
