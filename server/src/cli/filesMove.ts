import { stat } from 'node:fs/promises';
import { getFile, putFile, type FarsideClient, type GetFile, type PutFile } from '@farside/client';
import { bytesText, FarsideError } from '@farside/protocol';
import { movingBytes, passingBytes } from '../runtime/externalMemory.ts';
import { ProgressBar } from './progressBar.ts';

/** As a shell says that a program was ended by Ctrl-C. */
const INTERRUPTED = 130;

/** Sends a file with a bar on the terminal; Ctrl-C stops it, and the same command goes on later. */
export async function sendFile(
  client: FarsideClient,
  job: Omit<PutFile, 'signal' | 'onProgress'>,
): Promise<void> {
  const total = await stat(job.from).then(
    ({ size }) => size,
    () => 0,
  );
  await withBar(async (signal, bar) => {
    const onProgress: PutFile['onProgress'] = (step, bytes) =>
      bar.update(step === 'hashing' ? 'Reading' : 'Sending', bytes, total);
    const { size, hash } = await putFile(client, { ...job, signal, onProgress });
    return `${job.path}: ${bytesText(size)} sent, SHA-256 ${hash}`;
  });
}

/** Fetches a file with a bar on the terminal. */
export async function fetchFile(
  client: FarsideClient,
  job: Omit<GetFile, 'signal' | 'onProgress'>,
): Promise<void> {
  await withBar(async (signal, bar) => {
    const passing = passingBytes();
    const onProgress = (bytes: number, total: number): void => {
      passing(bytes);
      bar.update('Fetching', bytes, total);
    };
    const { size, hash } = await movingBytes(() => getFile(client, { ...job, signal, onProgress }));
    return `${job.to}: ${bytesText(size)} fetched, SHA-256 ${hash}`;
  });
}

async function withBar(work: (signal: AbortSignal, bar: ProgressBar) => Promise<string>): Promise<void> {
  const bar = new ProgressBar();
  const cancel = new AbortController();
  const stop = (): void => cancel.abort();
  process.on('SIGINT', stop);
  try {
    const said = await work(cancel.signal, bar);
    bar.clear();
    process.stderr.write(`${said}\n`);
  } catch (error) {
    bar.clear();
    if (!cancel.signal.aborted || !(error instanceof FarsideError)) throw error;
    process.stderr.write('farside: stopped; the same command goes on from here.\n');
    process.exitCode = INTERRUPTED;
  } finally {
    process.off('SIGINT', stop);
  }
}
