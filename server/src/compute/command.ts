import { closeSync } from 'node:fs';
import { pino } from 'pino';
import { runCompute } from './main.ts';
import { READY_FD_VARIABLE, startError, tellStarter } from './readiness.ts';

export interface ComputeCommand {
  readonly dataDir: string;
  readonly r?: string;
  readonly logLevel?: string;
}

/**
 * `farside compute`: serves until SIGTERM or SIGINT, with the log on standard output, which `ensureCompute`
 * has directed to `logs/compute.log`. Throws what kept it from starting.
 */
export async function computeCommand({ dataDir, r, logLevel = 'info' }: ComputeCommand): Promise<void> {
  const log = pino({ name: 'compute', level: logLevel, base: { pid: process.pid } });
  try {
    const node = await runCompute({ dataDir, r, log, onProgress: (progress) => tellStarter({ progress }) });
    const stop = (): void => void node.close();
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    tellStarter({ ready: true });
    closeReadyFd();
    await node.stopped;
  } catch (error) {
    log.fatal({ err: error }, 'could not serve');
    tellStarter(startError(error));
    throw error;
  }
  process.exit(0);
}

/** The starter waits for the end of messages. */
function closeReadyFd(): void {
  const fd = Number(process.env[READY_FD_VARIABLE]);
  if (fd) closeSync(fd);
}
