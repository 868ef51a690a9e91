import type { Farside } from '../lib/farside.ts';
import type { Result } from '../lib/result.ts';
import { median, quantile, timeEach } from '../lib/stats.ts';
import { Rserve } from '../peers/rserve.ts';

const COUNT = 1000;
const WARMUP = 200;
const MAX_RATIO = 3;

/** `1+1` through client, Socket.IO, web node, compute node and R with the journal on, against Rserve printing it. */
export async function evalCase(farside: Farside): Promise<Result[]> {
  const session = await farside.session();
  session.link.open();
  await session.run('invisible(0)');
  const rserve = await Rserve.start();
  // Interleaved, so that noise of the machine meets both.
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < 5; round++) {
    ours.push(...(await timeEach(COUNT / 5, WARMUP / 5, () => session.run('1+1'))));
    const printed = 'paste(capture.output(print(1+1)), collapse="\\n")';
    theirs.push(...(await timeEach(COUNT / 5, WARMUP / 5, () => rserve.eval(printed))));
  }
  await rserve.stop();
  session.link.close();
  const detail = (times: number[]): string => `99 %: ${quantile(times, 0.99).toFixed(2)} ms`;
  return [
    { name: 'eval 1+1, Farside', value: median(ours), unit: 'ms', detail: detail(ours) },
    { name: 'eval 1+1 printed, Rserve', value: median(theirs), unit: 'ms', detail: detail(theirs) },
    {
      name: 'eval: Farside / Rserve',
      value: median(ours) / median(theirs),
      unit: 'x',
      target: { limit: MAX_RATIO, better: 'lower' },
    },
  ];
}
