import { expect, test } from 'vitest';
import { isClean, textOf } from './lib/report.ts';
import { runChaos } from './lib/run.ts';

/** A hang guard only: on a busy machine all of it takes longer. */
const GUARD_MS = 600_000;
const SESSIONS = { sessions: 4, clients: 3, followers: 1 };

test(
  'fifty faults lose nothing, double nothing and leave nothing behind',
  async () => {
    const report = await runChaos({ seed: 20_261, faults: 50, minutes: 0.8, ...SESSIONS });
    expect(isClean(report), textOf(report)).toBe(true);
    expect(report.faults.total).toBeGreaterThanOrEqual(50);
    expect(report.bytes.compared).toBeGreaterThan(1e6);
    expect(report.inputs.read).toBeGreaterThan(100);
  },
  GUARD_MS,
);

test(
  'what is lost or doubled on purpose is found',
  async () => {
    const plant = { skip: 4, repeat: 6 };
    const report = await runChaos({ seed: 7, faults: 3, minutes: 0.1, ...SESSIONS, plant });
    expect(report.bytes.lost).toBeGreaterThan(0);
    expect(report.bytes.doubled).toBeGreaterThan(0);
    expect(isClean(report)).toBe(false);
  },
  GUARD_MS,
);
