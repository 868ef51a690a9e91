import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { Farside } from '../lib/farside.ts';
import type { Result } from '../lib/result.ts';

const SESSIONS = process.argv.includes('--long') ? 200 : 20;
const WATCH_MS = 30_000;
const TICK_MS = 10;

/** What sessions cost that nobody uses: fresh ones, with a client attached to each. */
export async function idleCase(): Promise<Result[]> {
  const farside = await Farside.start();
  try {
    const pids: number[] = [];
    for (let n = 0; n < SESSIONS; n++) {
      const session = await farside.session();
      // A connection has at most 32 streams: the rest is idle without a reader.
      if (n < 30) session.link.open();
      if (session.info.hello) pids.push(session.info.hello.pid);
    }
    const { web, compute } = farside.nodes;
    await delay(5_000);
    const before = pids.map(usage);
    const nodesBefore = [web, compute].map(usage);
    await delay(WATCH_MS);
    const workers = differenceOf(before, pids.map(usage));
    const nodes = differenceOf(nodesBefore, [web, compute].map(usage));
    const seconds = WATCH_MS / 1000;
    const name = `${SESSIONS} idle sessions`;
    return [
      { name: `${name}: memory of all R processes (PSS)`, value: total(pids.map(pss)), unit: 'MB' },
      { name: `${name}: both nodes (PSS)`, value: total([web, compute].map(pss)), unit: 'MB' },
      { name: `${name}: CPU of all R processes in ${seconds} s`, value: workers.cpu, unit: 'ms' },
      { name: `${name}: CPU of both nodes in ${seconds} s`, value: nodes.cpu, unit: 'ms' },
      {
        name: `${name}: wakeups of an R process in ${seconds} s`,
        value: workers.wakeups / SESSIONS,
        unit: 'each',
      },
    ];
  } finally {
    await farside.stop();
  }
}

interface Usage {
  /** ms of processor time, and voluntary context switches of all threads. */
  readonly cpu: number;
  readonly wakeups: number;
}

function usage(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const wakeups = readdirSync(`/proc/${pid}/task`).map((task) => {
    const status = readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8');
    return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
  });
  return { cpu: (Number(fields[11]) + Number(fields[12])) * TICK_MS, wakeups: total(wakeups) };
}

function differenceOf(before: readonly Usage[], after: readonly Usage[]): Usage {
  return {
    cpu: total(after.map(({ cpu }) => cpu)) - total(before.map(({ cpu }) => cpu)),
    wakeups: total(after.map(({ wakeups }) => wakeups)) - total(before.map(({ wakeups }) => wakeups)),
  };
}

const pss = (pid: number): number =>
  Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1]) / 1024;
const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
