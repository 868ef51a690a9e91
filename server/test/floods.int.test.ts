import { readFileSync } from 'node:fs';
import { SessionLink } from '@farside/client';
import { PromptKind, RecordType, type JournalRecord } from '@farside/protocol';
import { expect, test } from 'vitest';
import { serverWithClient } from './client/support.ts';

const LONG = process.env['FARSIDE_LONG'] === '1';
/** The goal is one second; the short form runs beside other tests on a busy machine. */
const SOON_MS = LONG ? 1_000 : 10_000;
const MAX_GROWTH = 50 * 1024 * 1024;
const SAMPLE_MS = 50;
const PRINTED = LONG ? 2_000_000_000 : 200_000_000;
const PLOTS = LONG ? 10_000 : 500;

const at = serverWithClient();

/** A client that only counts, so that a test need not hold what floods. */
class Counter {
  readonly link: SessionLink;
  bytes = 0;
  plots = 0;
  prompts = 0;
  tail = '';
  #wake: () => void = () => undefined;

  constructor(session: string, hold?: Promise<void>) {
    this.link = new SessionLink({ client: at.client, session });
    this.link.onRecord((record) => {
      this.#count(record);
      this.#wake();
      return hold;
    });
    this.link.open();
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #count(record: JournalRecord): void {
    if ('oecd'.includes(record.type)) {
      this.bytes += record.payload.length;
      this.tail = (this.tail + Buffer.from(record.payload.subarray(-64)).toString()).slice(-64);
    }
    if (record.type === RecordType.plot) this.plots++;
    if (record.type === RecordType.prompt && String.fromCharCode(record.flag) === PromptKind.top)
      this.prompts++;
  }
}

const rss = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

/** The most that each node's memory grows while something happens. */
async function growth(work: () => Promise<void>): Promise<{ web: number; compute: number }> {
  const pids = [at.server.pid, at.server.computePid()];
  const before = pids.map(rss);
  const most = [...before];
  const sample = setInterval(() => {
    pids.forEach((pid, n) => (most[n] = Math.max(most[n] ?? 0, rss(pid))));
  }, SAMPLE_MS);
  await work().finally(() => clearInterval(sample));
  const [web = 0, compute = 0] = most.map((value, n) => value - (before[n] ?? 0));
  return { web, compute };
}

const SHELL_LOOP = 'i=0; while [ $i -lt 100000 ]; do echo line $i; i=$((i+1)); done';
const FLOODS: readonly [name: string, code: string, far: (c: Counter) => boolean][] = [
  [
    `${PRINTED / 1e6} MB of print`,
    `x <- strrep("x", 999999); for (i in 1:${PRINTED / 1e6}) cat(x, "\\n", sep = "")`,
    ({ bytes }) => bytes > 0.95 * PRINTED,
  ],
  ['while (TRUE) cat("x")', 'while (TRUE) cat("x")', ({ bytes }) => bytes > (LONG ? 30e6 : 3e6)],
  [`${PLOTS} plots in a loop`, `for (i in 1:${PLOTS}) plot(i)`, ({ plots }) => plots > 0.9 * PLOTS],
  ['short lines of a child', `system(${JSON.stringify(SHELL_LOOP)})`, ({ bytes }) => bytes > 500_000],
];

test.each(FLOODS)(
  '%s: ended by an interrupt, in bounded memory, beside a client that stopped',
  async (...flood) => {
    const [, code, isFar] = flood;
    const { id } = await at.client.call('startSession', { body: {} });
    const reader = new Counter(id);
    // The first flood of a server makes buffers and compiled code, whatever comes later.
    reader.link.input('x <- strrep("x", 999999); for (i in 1:40) cat(x, "\\n", sep = "")');
    await reader.until(() => reader.prompts > 1);
    reader.bytes = 0;
    let letGo = (): void => undefined;
    const stopped = new Counter(id, new Promise<void>((resolve) => (letGo = resolve)));
    const { web, compute } = await growth(async () => {
      reader.link.input(code);
      await reader.until(() => isFar(reader));
      const [prompts, asked] = [reader.prompts, performance.now()];
      reader.link.interrupt();
      await reader.until(() => reader.prompts > prompts);
      const ended = performance.now();
      reader.link.input('cat("alive\\n")');
      await reader.until(() => reader.tail.endsWith('alive\n'));
      const [end, answer] = [ended - asked, performance.now() - ended];
      process.stdout.write(`${flood[0]}: ended ${end.toFixed(0)} ms, input ${answer.toFixed(0)} ms after\n`);
      expect(end).toBeLessThan(SOON_MS);
      expect(answer).toBeLessThan(SOON_MS);
    });
    process.stdout.write(
      `  web node +${(web / 1e6).toFixed(0)} MB, compute node +${(compute / 1e6).toFixed(0)} MB\n`,
    );
    expect(web).toBeLessThan(MAX_GROWTH);
    expect(compute).toBeLessThan(MAX_GROWTH);
    letGo();
    for (const { link } of [reader, stopped]) link.close();
    await at.client.call('closeSessionByForce', { params: { id } });
  },
);
