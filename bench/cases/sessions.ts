import { readFileSync } from 'node:fs';
import type { Farside } from '../lib/farside.ts';
import type { Result } from '../lib/result.ts';
import { median, timeEach } from '../lib/stats.ts';

const STARTS = 10;

/** From the request to R's first prompt. */
export async function startCase(farside: Farside): Promise<Result[]> {
  const times = await timeEach(STARTS, 1, async () => {
    const session = await farside.session();
    await farside.client.call('closeSessionByForce', { params: { id: session.info.id } });
  });
  return [
    {
      name: 'cold session start and forced end',
      value: median(times),
      unit: 'ms',
      detail: `${STARTS} starts`,
    },
  ];
}

/** What an idle session keeps after real work: a full garbage collection, a model and a plot. */
export async function memoryCase(farside: Farside): Promise<Result[]> {
  const session = await farside.session();
  session.link.open();
  await session.run('fit <- lm(mpg ~ wt, mtcars); plot(mtcars$wt, mtcars$mpg); invisible(gc())');
  const pid = session.info.hello?.pid;
  session.link.close();
  if (!pid) throw new Error('the session has no process id');
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const pss = Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1]) / 1024;
  return [{ name: 'idle session after gc(), lm() and a plot (PSS)', value: pss, unit: 'MB' }];
}
