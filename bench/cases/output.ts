import type { Farside } from '../lib/farside.ts';
import type { Result } from '../lib/result.ts';
import { median } from '../lib/stats.ts';

const MEGABYTES = 50;
const ROUNDS = 5;
const MIN_LARGE = 100;

/** Console output as bytes received by a client that reads. */
export async function outputCase(farside: Farside): Promise<Result[]> {
  const session = await farside.session();
  session.link.open();
  await session.run('big <- strrep("x", 1e6 - 1); line <- strrep("x", 99)');
  const large = await speeds(session, `for (i in 1:${MEGABYTES}) cat(big, "\\n", sep = "")`);
  const lines = await speeds(session, `for (i in 1:${MEGABYTES * 1e4}) cat(line, "\\n", sep = "")`);
  session.link.close();
  return [
    {
      name: `${MEGABYTES} MB in 1 MB writes`,
      value: median(large),
      unit: 'MB/s',
      target: { limit: MIN_LARGE, better: 'higher' },
    },
    { name: `${MEGABYTES} MB in 100-byte lines`, value: median(lines), unit: 'MB/s' },
  ];
}

async function speeds(session: Awaited<ReturnType<Farside['session']>>, code: string): Promise<number[]> {
  const out: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    const before = session.bytes;
    const start = performance.now();
    await session.run(code);
    const received = session.bytes - before;
    if (received !== MEGABYTES * 1e6) throw new Error(`${received} bytes arrived`);
    out.push(received / 1e3 / (performance.now() - start));
  }
  return out;
}
