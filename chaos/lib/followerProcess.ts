// A client in a process of its own, to be stopped and continued: writes what it sees to a file, and ends when it has
// seen the record whose number it is told on standard input.
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { FarsideClient, SessionLink, memoryTokenStore } from '@farside/client';

const [url = '', session = '', path = '', pair = ''] = process.argv.slice(2);
const client = new FarsideClient({ url, tokens: memoryTokenStore(JSON.parse(pair)) });
const out = createWriteStream(path);
const link = new SessionLink({ client, session });
let drained: Promise<undefined> | undefined;
let target = Number.POSITIVE_INFINITY;

const finish = (): void => {
  if (link.cursor < target) return;
  link.close();
  client.dispose();
  out.end(() => process.exit(0));
};
link.onRecord((record) => {
  if (record.seq === 0 || !'oecd'.includes(record.type)) return void setImmediate(finish);
  setImmediate(finish);
  if (out.write(Buffer.from(record.payload))) return undefined;
  return (drained ??= once(out, 'drain').then(() => (drained = undefined)));
});
link.open();
createInterface({ input: process.stdin }).on('line', (line) => {
  target = Number(line);
  finish();
});
