import { performance } from 'node:perf_hooks';
import { SessionLink } from '@farside/client';
import { RecordType, readTombstone, type Tombstone } from '@farside/protocol';
import { expect, test } from 'vitest';
import { promised } from '../support/figures.ts';
import { Listener, openSession, serverWithClient } from './support.ts';

const at = serverWithClient();

interface Seen {
  readonly listener: Listener;
  readonly tombstones: Tombstone[];
  readonly control: string[];
}

async function open(session: string, options: { tail?: number; cursor?: number } = {}): Promise<Seen> {
  const listener = new Listener(new SessionLink({ client: at.client, session, ...options }));
  const seen: Seen = { listener, tombstones: [], control: [] };
  listener.link.onRecord(({ type, payload, seq }) => {
    const tombstone = type === RecordType.tombstone ? readTombstone(payload) : undefined;
    if (tombstone) {
      expect(tombstone.to).toBe(seq);
      seen.tombstones.push(tombstone);
    } else if (seq > 0 && !'oecd'.includes(type)) seen.control.push(`${seq}${type}`);
  });
  listener.link.open();
  await listener.status('live');
  return seen;
}

async function run(one: Listener, line: string): Promise<void> {
  const back = one.nextPrompt();
  one.link.input(line);
  await back;
}

test('with a tail only the newest output comes, the rest is named, and control records all come', async () => {
  const one = await openSession(at.client);
  for (let i = 1; i <= 5; i++)
    await run(one, `for (j in 1:100) cat("${i}", strrep("x", 997), "\\n", sep = "")`);
  const all = await open(one.link.session);
  const few = await open(one.link.session, { tail: 150_000 });
  expect(all.tombstones).toEqual([]);
  expect(few.control).toEqual(all.control);
  expect(few.listener.link.cursor).toBe(all.listener.link.cursor);
  expect(few.listener.output.length).toBeLessThanOrEqual(150_000);
  expect(few.listener.output.length).toBeGreaterThan(100_000);
  expect(all.listener.output.endsWith(few.listener.output)).toBe(true);
  expect(few.tombstones.every(({ reason }) => reason === 'skipped')).toBe(true);
  const missing = few.tombstones.reduce((sum, { bytes }) => sum + bytes, 0);
  expect(missing + few.listener.output.length).toBe(all.listener.output.length);

  const rest = await open(one.link.session, { tail: 150_000, cursor: few.listener.link.cursor - 3 });
  expect(rest.tombstones).toEqual([]);
  await run(few.listener, 'cat("goes on\\n")');
  expect(few.listener.output.endsWith('goes on\n')).toBe(true);
});

test('a journal of 64 MB shows its prompt well within two seconds', async () => {
  const one = await openSession(at.client);
  await run(one, 'for (i in 1:640) cat(strrep("x", 99999), "\\n", sep = "")');
  const begin = performance.now();
  const few = await open(one.link.session, { tail: 1_000_000 });
  const took = performance.now() - begin;
  expect(few.listener.prompts).toBe(2);
  console.log(`attach with a tail to a journal of 64 MB: ${Math.round(took)} ms`);
  expect(took).toBeLessThan(promised(1_000));
  expect(few.tombstones.length).toBe(1);
  expect(few.tombstones[0]?.bytes).toBeGreaterThan(62_000_000);
});
