import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { FarsideError, fromErrorBody } from '@farside/protocol';
import { productCommand } from '../runtime/productRoot.ts';
import { COMPUTE_PROTOCOL } from './api.ts';
import { ComputeClient } from './client.ts';
import { lines } from './client/lines.ts';
import { computeFiles } from './files.ts';
import { READY_FD_VARIABLE, type StartMessage } from './readiness.ts';

/** Another process may be starting the node, which includes building the worker's package. */
const OTHER_STARTS_MS = 10 * 60_000;
/** A node that takes longer to say how it is does not answer. */
const HEALTH_MS = 10_000;
const LOOK_EVERY_MS = 200;
/**
 * What passes through is 64 KiB pieces of few objects. V8 frees them with the objects of a small young space; with the
 * default one of 16 MiB they pile up to 64 MiB first.
 */
const YOUNG_SPACE = '--max-semi-space-size=1';
/** The child's descriptor on which it tells how its start went. */
const READY_FD = 3;

export interface EnsureOptions {
  /** The R to use (--r). */
  readonly r?: string;
  /** Workers to keep ready for new sessions; default none. */
  readonly spares?: number;
  /** Program and first arguments instead of this installation's. */
  readonly command?: readonly string[];
  /** Told what takes long, e.g. the first build of the worker's package. */
  readonly onProgress?: (text: string) => void;
}

/** Finds the compute node of a data directory or starts it, detached: it outlives this process. */
export async function ensureCompute(dataDir: string, options: EnsureOptions = {}): Promise<ComputeClient> {
  const ready = async (): Promise<void> => {
    await findOrStart(dataDir, options);
    await configure(dataDir, options);
  };
  await ready();
  return new ComputeClient(dataDir, ready);
}

/** Also a node that an earlier server started does as this one wants. */
async function configure(dataDir: string, { spares = 0 }: EnsureOptions): Promise<void> {
  const client = new ComputeClient(dataDir);
  await client.configure({ spares }).finally(() => client.close());
}

async function findOrStart(dataDir: string, options: EnsureOptions): Promise<void> {
  for (const until = Date.now() + OTHER_STARTS_MS; ; await delay(LOOK_EVERY_MS)) {
    if (await answers(dataDir, options)) return;
    try {
      return await start(dataDir, options);
    } catch (error) {
      // Another one was faster: wait until it answers.
      const beaten = error instanceof FarsideError && error.code === 'dataDirServed';
      if (!beaten || Date.now() > until) throw error;
    }
  }
}

/** Whether a node of this version serves. One of another version is asked to stop: its sessions go on with ours. */
async function answers(dataDir: string, options: EnsureOptions): Promise<boolean> {
  const client = new ComputeClient(dataDir);
  try {
    const { protocol } = await client.version(AbortSignal.timeout(HEALTH_MS));
    if (protocol === COMPUTE_PROTOCOL) return true;
    options.onProgress?.('Replacing the compute node of another version; the sessions go on');
    await client.shutdown();
    return false;
  } catch (error) {
    if (error instanceof FarsideError && error.code === 'computeDown') return false;
    throw error;
  } finally {
    client.close();
  }
}

async function start(dataDir: string, options: EnsureOptions): Promise<void> {
  const [program, ...first] = options.command ?? productCommand(YOUNG_SPACE);
  const args = [...first, 'compute', '--data-dir', dataDir, ...(options.r ? ['--r', options.r] : [])];
  const log = openLog(dataDir);
  const child = spawn(program ?? process.execPath, args, {
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
    env: { ...withoutSecrets(), [READY_FD_VARIABLE]: String(READY_FD) },
  });
  closeSync(log);
  child.unref();
  const failed = new Promise<never>((_, reject) => child.once('error', reject));
  await Promise.race([ready(child.stdio[READY_FD] as Readable, dataDir, options), failed]).catch(
    (error: unknown) => {
      if (error instanceof FarsideError) throw error;
      throw new FarsideError('computeDown', { reason: String(error) }, { cause: error });
    },
  );
}

async function ready(messages: Readable, dataDir: string, options: EnsureOptions): Promise<void> {
  for await (const line of lines(messages)) {
    const message = JSON.parse(line) as StartMessage;
    if ('ready' in message) return;
    if ('progress' in message) options.onProgress?.(message.progress);
    else
      throw fromErrorBody(message.error) ?? new FarsideError('computeDown', { reason: 'it could not start' });
  }
  throw new FarsideError('computeDown', {
    reason: `it ended while starting, see ${computeFiles(dataDir).log}`,
  });
}

function openLog(dataDir: string): number {
  const { log } = computeFiles(dataDir);
  try {
    mkdirSync(dirname(log), { recursive: true, mode: 0o700 });
    return openSync(log, 'a', 0o600);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FarsideError('dataDirNotWritable', { dir: dataDir, reason }, { cause: error });
  }
}

/** What the web node was given (passwords, keys) is not for the compute node, and never for R. */
function withoutSecrets(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FARSIDE_')));
}
