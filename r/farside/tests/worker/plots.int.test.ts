import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromUtf8, PlotPage, RecordType } from '@farside/protocol';
import { listPages } from '../../../../server/src/compute/plots/pages.ts';
import type { Worker } from './driver.ts';
import { worker } from './library.ts';

const MIB = 1024 * 1024;

const told = (w: Worker): PlotPage[] =>
  w.records
    .filter((r) => r.type === RecordType.plot)
    .map((r) => PlotPage.parse(JSON.parse(fromUtf8(r.payload))));
const pages = (w: Worker): string[] => readdirSync(join(w.dir, 'plots')).filter((name) => name.endsWith('.rds'));

test('plots have a bound of their own: the oldest pages go, and readers are told which', async () => {
  const w = await worker({ FARSIDE_PLOT_BYTES: String(MIB) });
  await w.run('for (i in 1:100) plot(runif(1000))');
  const kept = pages(w).map((name) => Number.parseInt(name));
  const bytes = pages(w).reduce((sum, name) => sum + statSync(join(w.dir, 'plots', name)).size, 0);
  expect(bytes).toBeLessThan(MIB);
  const removed = told(w).flatMap(({ page, removed }) => (removed ? [page] : []));
  expect(removed).toEqual(Array.from({ length: 100 - kept.length }, (_, i) => i + 1));
  expect((await listPages(w.dir)).map(({ page }) => page)).toEqual(kept.sort((a, b) => a - b));
});

test('a SIGKILL in the middle leaves a list in which every page is there and whole', async () => {
  for (let round = 0; round < 5; round++) {
    const w = await worker({ FARSIDE_PLOT_BYTES: String(MIB) });
    w.input('repeat plot(runif(3000))');
    await w.until(() => told(w).length > 60 + 17 * round);
    const gone = once(w.process, 'exit');
    process.kill(-(w.process.pid ?? 0), 'SIGKILL');
    await gone;
    const listed = await listPages(w.dir);
    expect(listed.length).toBeGreaterThan(3);
    const next = await worker();
    const files = listed.map(({ page }) => JSON.stringify(join(w.dir, 'plots', `${page}.rds`)));
    const whole = await next.run(`cat(vapply(c(${files.join(', ')}), function(f) class(readRDS(f)), ""))`);
    expect(new Set(whole.trim().split(/\s+/))).toEqual(new Set(['recordedplot']));
    await Promise.all([w.stop(), next.stop()]);
  }
});
