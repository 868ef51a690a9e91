/** `npm run chaos`: kills, cuts and stops a real server for a long time, and counts what was lost. */
import { parseArgs } from 'node:util';
import { rmSync, writeFileSync } from 'node:fs';
import { isClean, textOf } from './lib/report.ts';
import { runChaos } from './lib/run.ts';

const PROGRESS_MS = 1000;

const { values } = parseArgs({
  options: {
    faults: { type: 'string', default: '1000' },
    minutes: { type: 'string', default: '30' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    sessions: { type: 'string', default: '12' },
    clients: { type: 'string', default: '3' },
    /** Passed to `farside serve`; may be repeated. */
    serve: { type: 'string', multiple: true, default: [] },
    json: { type: 'boolean', default: false },
    out: { type: 'string' },
    keep: { type: 'boolean', default: false },
  },
});

const stop = new AbortController();
process.on('SIGINT', () => {
  if (stop.signal.aborted) process.exit(130);
  process.stderr.write('\nfinishing; once more to leave at once\n');
  stop.abort();
});

process.on('SIGTERM', () => process.exit(143));

const started = Date.now();
let said = 0;
function progress(text: string): void {
  if (Date.now() - said < PROGRESS_MS) return;
  said = Date.now();
  const seconds = Math.round((said - started) / 1000);
  const rss = Math.round(process.memoryUsage.rss() / 1024 ** 2);
  const line = `${seconds} s: ${text} (${rss} MB)`;
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
}

const seed = Number(values.seed);
process.stderr.write(`seed ${seed}: repeat this plan with --seed ${seed}\n`);
const report = await runChaos({
  seed,
  faults: Number(values.faults),
  minutes: Number(values.minutes),
  sessions: Number(values.sessions),
  clients: Number(values.clients),
  followers: 2,
  serveArgs: values.serve,
  frozen: true,
  keep: true,
  signal: stop.signal,
  onProgress: progress,
});
const clean = isClean(report);
if (process.stderr.isTTY) process.stderr.write('\n');
const json = `${JSON.stringify(report, null, 2)}\n`;
if (values.out) writeFileSync(values.out, json);
process.stdout.write(values.json ? json : `${textOf(report)}\n`);
if (clean && !values.keep) rmSync(report.dir, { recursive: true, force: true });
else process.stderr.write(`Journals, truth and logs are kept in ${report.dir}\n`);
process.exit(clean ? 0 : 1);
