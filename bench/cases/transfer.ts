import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdtemp, open, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pipeline } from 'node:stream/promises';
import { getFile, putFile } from '@farside/client';
import { bytesPass, movingBytes, passingBytes } from '../../server/src/runtime/externalMemory.ts';
import type { Farside } from '../lib/farside.ts';
import type { Result } from '../lib/result.ts';
import { median } from '../lib/stats.ts';
import { Rserve } from '../peers/rserve.ts';

const ROUNDS = 7;
/** A virtual machine gives memory that was freed back to its host by then; another second a gigabyte to get it again. */
const SETTLE_MS = 2500;
const MB = 1e6;
const PIECE = 8 * 1024 * 1024;
const FILE_BYTES = Number(process.env['FARSIDE_BENCH_FILE'] ?? 1e9);
/** 100 MB each: ten columns of numbers, ten columns of different words. */
const FRAMES = {
  numeric: 'x <- as.data.frame(matrix(runif(12.5e6), ncol = 10)); invisible(0)',
  character: `w <- vapply(1:1e5, function(i) paste(sample(letters, 8, TRUE), collapse = ""), "")
    x <- as.data.frame(matrix(sample(w, 6.25e6, TRUE), ncol = 10)); invisible(0)`,
} as const;

/**
 * 100 MB of data frames from R, and a file each way, with SHA-256 at both ends, against the same by Rserve (with openssl
 * in R) and against the stages that nobody can do without: a copy on the disk, a copy through the loopback, a check sum.
 */
export async function transferCase(farside: Farside): Promise<Result[]> {
  const dir = await mkdtemp(join(tmpdir(), 'farside-bench-'));
  const rserve = await Rserve.start();
  try {
    const results: Result[] = [];
    for (const kind of ['numeric', 'character'] as const)
      results.push(await frame(farside, rserve, dir, kind));
    return [...results, ...(await file(farside, rserve, dir))];
  } finally {
    await rserve.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function frame(
  farside: Farside,
  rserve: Rserve,
  dir: string,
  kind: keyof typeof FRAMES,
): Promise<Result> {
  const { info } = await farside.session();
  const params = { id: info.id };
  await farside.client.call('executeCode', { params, body: { code: FRAMES[kind] }, timeoutMs: 600_000 });
  await rserve.eval(FRAMES[kind]);
  const place = join(dir, 'frame');
  const ours = await times(async () => {
    const body = { names: ['x'], hash: 'later' as const };
    const made = await farside.client.call('exportObjects', { params, body, timeoutMs: 600_000 });
    const hash = createHash('sha256');
    await movingBytes(async () => {
      const pieces = farside.client.stream('exported', { params: { ...params, export: made.id } });
      for await (const piece of pieces) {
        hash.update(piece);
        bytesPass(piece.length);
      }
    });
    const which = { params: { ...params, export: made.id } };
    const there = await farside.client.call('exportDigest', which);
    if (hash.digest('hex') !== there.hash) throw new Error('damaged');
    await farside.client.call('removeExport', which);
  });
  let size = 0;
  const theirs = await times(async () => {
    const bytes = await rserve.evalRaw(
      '{ s <- serialize(list(x = x), NULL, xdr = FALSE); h <- openssl::sha256(s); s }',
    );
    size = bytes.length;
    createHash('sha256').update(bytes).digest('hex');
  });
  const stages = await stagesOf(place, size);
  await farside.client.call('closeSessionByForce', { params });
  return row(`${kind} data frame of 100 MB to the client`, ours, stages, theirs);
}

async function file(farside: Farside, rserve: Rserve, dir: string): Promise<Result[]> {
  const { info } = await farside.session();
  const [from, to] = [join(dir, 'file'), join(dir, 'back')];
  const stages = await stagesOf(from, FILE_BYTES);
  const job = { session: info.id, path: 'file' };
  // All write where no file is: ours would keep the old one until the new one is whole.
  const absent = async () => {
    await farside.client.call('deleteFile', { params: { id: info.id, path: 'file' } }).catch(() => undefined);
  };
  const peerAbsent = () => rserve.eval('unlink("peer"); invisible(0)');
  const up = await times(
    () => putFile(farside.client, { ...job, from, memory: join(dir, 'memory') }),
    absent,
  );
  const peerUp = await times(async () => {
    await hashOf(from);
    await rserve.putFile('peer', createReadStream(from, { highWaterMark: PIECE }));
    await rserve.eval('h <- openssl::sha256(file("peer", raw = TRUE)); invisible(0)');
  }, peerAbsent);
  const goneHere = () => rm(to, { force: true });
  const down = await times(
    // As `farside files get` does it.
    () => movingBytes(() => getFile(farside.client, { ...job, to, onProgress: passingBytes() })),
    goneHere,
  );
  const peerDown = await times(async () => {
    await pipeline(rserve.getFile('peer'), createWriteStream(to));
    await hashOf(to);
  }, goneHere);
  await farside.client.call('closeSessionByForce', { params: { id: info.id } });
  const name = `file of ${FILE_BYTES / MB} MB`;
  return [
    row(`${name} to the server`, up, stages, peerUp),
    row(`${name} to the client`, down, stages, peerDown),
  ];
}

interface Stages {
  readonly copy: number;
  readonly loopback: number;
  readonly checksum: number;
}

/** Seconds, for so many bytes that are written to `path` first. */
async function stagesOf(path: string, size: number): Promise<Stages> {
  const handle = await open(path, 'w');
  const piece = Buffer.alloc(PIECE, 'some bytes of a file');
  for (let left = size; left > 0; left -= piece.length)
    await handle.write(piece, 0, Math.min(left, piece.length));
  await handle.close();
  const copied = `${path}.copy`;
  const gone = () => rm(copied, { force: true });
  const stages = {
    copy: await times(() => copyFile(path, copied), gone),
    loopback: await times(() => throughLoopback(size)),
    checksum: await times(() => hashOf(path)),
  };
  // What the disk has yet to take would be in the way of what is measured next.
  await gone();
  return stages;
}

async function throughLoopback(size: number): Promise<void> {
  const server = createServer((socket) => {
    const piece = Buffer.alloc(PIECE);
    void (async () => {
      for (let left = size; left > 0; left -= piece.length)
        if (!socket.write(piece.subarray(0, Math.min(left, piece.length)))) await once(socket, 'drain');
      socket.end();
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const socket = connect(typeof address === 'object' && address ? address.port : 0, '127.0.0.1');
  socket.resume();
  await once(socket, 'end');
  server.close();
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(path, { highWaterMark: PIECE })) hash.update(part as Buffer);
  return hash.digest('hex');
}

/** The median. `first` makes ready, and takes no part; nor does a round before the others, which warms up. */
async function times(work: () => Promise<unknown>, first?: () => Promise<unknown>): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    if (first) await delay(SETTLE_MS).then(first);
    const begin = performance.now();
    await work();
    seconds.push((performance.now() - begin) / 1000);
  }
  return median(seconds.slice(1));
}

function row(name: string, ours: number, { copy, loopback, checksum }: Stages, theirs: number): Result {
  const slowest = Math.max(copy, loopback, checksum);
  const [s, c, l, h, r] = [ours, copy, loopback, checksum, theirs].map((value) => value.toFixed(2));
  const detail = `${s} s; cp ${c} s, loopback ${l} s, SHA-256 ${h} s; Rserve ${r} s`;
  const target = name.startsWith('character') ? {} : { target: { limit: 3, better: 'lower' as const } };
  return { name: `${name} / slowest stage`, value: ours / slowest, unit: 'x', detail, ...target };
}
