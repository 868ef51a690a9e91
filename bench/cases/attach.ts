import { SessionLink } from '@farside/client';
import type { Farside } from '../lib/farside.ts';
import type { Result } from '../lib/result.ts';
import { median, timeEach } from '../lib/stats.ts';

const MEGABYTES = 64;
const TAIL_BYTES = 256 * 1024;
const ROUNDS = 5;

/** From the attach to the live stream, with a long journal behind it: all of it, or only its newest part. */
export async function attachCase(farside: Farside): Promise<Result[]> {
  const session = await farside.session();
  session.link.open();
  await session.run(`x <- strrep("x", 999); for (i in 1:${MEGABYTES * 1000}) cat(x, "\\n", sep = "")`);
  session.link.close();
  const attach = async (tail?: number): Promise<void> => {
    const link = new SessionLink({ client: farside.client, session: session.info.id, tail });
    await new Promise<void>((resolve) => {
      link.onStatus(({ state }) => state === 'live' && resolve());
      link.open();
    });
    link.close();
  };
  const all = await timeEach(ROUNDS, 1, () => attach());
  const newest = await timeEach(ROUNDS, 1, () => attach(TAIL_BYTES));
  return [
    { name: `attach to a ${MEGABYTES} MB journal, all of it`, value: median(all), unit: 'ms' },
    {
      name: `attach to a ${MEGABYTES} MB journal, its newest ${TAIL_BYTES / 1024} KiB`,
      value: median(newest),
      unit: 'ms',
    },
  ];
}
