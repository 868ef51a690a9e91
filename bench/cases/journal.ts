import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Farside } from '../lib/farside.ts';
import type { Result } from '../lib/result.ts';
import { median } from '../lib/stats.ts';

const ROUNDS = 5;
/** 50 MB each; `elapsed` is what R itself needs, whoever reads. */
const LARGE = 'big <- strrep("x", 999999); t <- system.time(for (i in 1:50) cat(big, "\\n", sep = ""))';
const LINES = 'line <- strrep("x", 99); t <- system.time(for (i in 1:5e5) cat(line, "\\n", sep = ""))';
const TELL = 'cat(sprintf("<%f>", t[["elapsed"]]), "\\n")';

/**
 * What it costs R that its output is journaled and goes to a client: R's own time for the same bytes in a session,
 * and in an R of its own whose standard output is a pipe that Node reads and throws away.
 */
export async function journalCase(farside: Farside): Promise<Result[]> {
  const results: Result[] = [];
  for (const [name, code] of [
    ['1 MB writes', LARGE],
    ['100-byte lines', LINES],
  ] as const) {
    const [ours, pipe]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(await inSession(farside, code));
      pipe.push(await inPipe(code));
    }
    const detail = `session ${median(ours).toFixed(2)} s, pipe ${median(pipe).toFixed(2)} s`;
    const value = median(ours) / median(pipe);
    results.push({ name: `50 MB in ${name}: R's time, journaled / to a pipe`, value, unit: 'x', detail });
  }
  return results;
}

async function inSession(farside: Farside, code: string): Promise<number> {
  const session = await farside.session();
  let tail = '';
  session.link.onRecord(({ type, payload }) => {
    if (type === 'o') tail = (tail + Buffer.from(payload.subarray(-64)).toString()).slice(-64);
  });
  session.link.open();
  await session.run(`${code}; ${TELL}`);
  session.link.close();
  await farside.client.call('closeSessionByForce', { params: { id: session.info.id } });
  return elapsedIn(tail);
}

async function inPipe(code: string): Promise<number> {
  const child = spawn('R', ['--vanilla', '--no-echo', '-e', `${code}; ${TELL}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let tail = '';
  child.stdout.on('data', (chunk: Buffer) => (tail = (tail + chunk.subarray(-64).toString()).slice(-64)));
  await once(child, 'close');
  return elapsedIn(tail);
}

function elapsedIn(text: string): number {
  const found = /<([\d.]+)>/.exec(text)?.[1];
  if (found === undefined) throw new Error(`R did not say how long it took: ${text}`);
  return Number(found);
}
