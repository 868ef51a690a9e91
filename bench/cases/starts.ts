import { setTimeout as delay } from 'node:timers/promises';
import { Farside } from '../lib/farside.ts';
import type { Result } from '../lib/result.ts';
import { median, quantile } from '../lib/stats.ts';

const STARTS = 15;
/** A new spare is ready after this. */
const REFILL_MS = 1500;
const MAX_WITH_SPARE_MS = 50;

/** From the request to R's prompt, when an R waits for it and when none does. */
export async function startsCase(): Promise<Result[]> {
  const [without, spare] = [await starts('0'), await starts('2')];
  const detail = (times: number[]): string => `90 %: ${quantile(times, 0.9).toFixed(0)} ms`;
  return [
    { name: 'session start, no spare', value: median(without), unit: 'ms', detail: detail(without) },
    {
      name: 'session start, a spare is ready',
      value: median(spare),
      unit: 'ms',
      detail: detail(spare),
      target: { limit: MAX_WITH_SPARE_MS, better: 'lower' },
    },
  ];
}

async function starts(spares: string): Promise<number[]> {
  const farside = await Farside.start(['--spares', spares]);
  const times: number[] = [];
  try {
    for (let n = -2; n < STARTS; n++) {
      await delay(REFILL_MS);
      const start = performance.now();
      const { id } = await farside.client.call('startSession', { body: {} });
      if (n >= 0) times.push(performance.now() - start);
      await farside.client.call('closeSessionByForce', { params: { id } });
    }
    return times;
  } finally {
    await farside.stop();
  }
}
