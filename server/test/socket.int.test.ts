import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  INITIAL_CREDIT_BYTES,
  MAX_INPUT_BYTES,
  RecordType,
  TransientType,
  type TokenPair,
} from '@farside/protocol';
import { ACCESS_TOKEN_SECONDS, signAccessToken } from '../src/web/auth/accessTokens.ts';
import { loadKeys } from '../src/web/auth/keys.ts';
import { newSession, signIn, type Api } from './support/api.ts';
import { startServer, type TestServer } from './support/server.ts';
import { call, CLIENT_ID, connect, TestAttachment, type TestSocket } from './support/socket.ts';

let server: TestServer;
let api: Api;
beforeAll(async () => {
  server = await startServer({ args: ['--isolation=none'] });
  api = await signIn(server);
});
afterAll(() => server.stop());

const sockets: TestSocket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.close();
});
async function open(token = api.tokens.access_token): Promise<TestSocket> {
  const socket = await connect(server.url, token);
  sockets.push(socket);
  return socket;
}
const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'no failure',
    (error: { code?: string }) => error.code,
  );
const refusal = (socket: TestSocket) =>
  new Promise<{ code: string }>((resolve) =>
    socket.once('session:error', (_id, error) => resolve(error as never)),
  );

describe('the handshake', () => {
  it.each([
    ['', 1],
    [undefined, 1],
    ['x.y.z', 1],
    [{ evil: true }, 1],
  ])('refuses the token %j', async (token, protocol) => {
    expect(await failure(connect(server.url, token, protocol))).toBe('notSignedIn');
  });
  it('refuses another protocol', async () => {
    expect(await failure(connect(server.url, api.tokens.access_token, 99))).toBe('badRequest');
  });
});

describe('a session', () => {
  it('runs what is typed, live', async () => {
    const id = await newSession(api);
    const a = await TestAttachment.open(await open(), id);
    a.input('cat("6 x 7 is", 6 * 7, "\\n")\n', 1);
    await a.untilText('6 x 7 is 42');
    expect(a.records.some((r) => r.type === TransientType.ack)).toBe(true);
    const seqs = a.records.map((r) => r.seq).filter((seq) => seq > 0);
    expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  });

  it('runs a file under its name, once however often it is sent', async () => {
    const id = await newSession(api);
    const a = await TestAttachment.open(await open(), id);
    const run = {
      attachment: a.id,
      client: CLIENT_ID,
      counter: 1,
      echo: true,
      name: 'an "odd" one.R',
      args: ['x y'],
    };
    const text = 'cat("args:", commandArgs(TRUE), "\\n")\nf <- function() stop("here")\nf()\n';
    await call(a.socket, 'session:run', { ...run, text });
    await call(a.socket, 'session:run', { ...run, text });
    await a.untilText('an "odd" one.R:2');
    expect(a.text('oe').split('args: x y \n')).toHaveLength(2);
    const shown = a.records.find((r) => r.type === RecordType.consumed);
    expect(Buffer.from(shown?.payload ?? []).toString()).toContain(
      'source("an \\"odd\\" one.R", echo = TRUE)',
    );
  });

  it('is interrupted, completed and resized', async () => {
    const id = await newSession(api);
    const a = await TestAttachment.open(await open(), id);
    a.input('Sys.sleep(600)\n', 1);
    await a.until(() => a.records.some((r) => r.type === RecordType.consumed));
    a.socket.emit('session:interrupt', { attachment: a.id, level: 1 });
    await a.until(() => a.records.some((r) => r.type === RecordType.reset));
    const answer = await call(a.socket, 'session:complete', {
      attachment: a.id,
      line: 'é😀; read.cs',
      cursor: 12,
    });
    expect(answer).toEqual({ from: 5, items: expect.arrayContaining(['read.csv', 'read.csv2']) });
    a.socket.emit('session:resize', { attachment: a.id, columns: 123 });
    for (let counter = 2; !a.text().includes('width 123'); counter++) {
      a.input(`cat("width", getOption("width"), "${counter}\\n")\n`, counter);
      await a.until(() => new RegExp(`width \\d+ ${counter}`).test(a.text()));
    }
  });

  it('ends at the end of input, and the last record comes before the word of it', async () => {
    const id = await newSession(api);
    const a = await TestAttachment.open(await open(), id);
    a.socket.emit('session:eof', { attachment: a.id });
    await a.until(() => a.closed !== undefined);
    expect(a.closed).toEqual({ ended: true });
    expect(a.records.at(-1)?.type).toBe(RecordType.final);
    const again = await TestAttachment.open(await open(), id, a.records.at(-1)?.seq);
    await again.until(() => again.closed !== undefined);
    expect([again.closed?.ended, again.records.length]).toEqual([true, 0]);
  });

  it('tells all windows of its owner that the list changed', async () => {
    const socket = await open();
    const changed = new Promise<void>((resolve) => socket.once('sessions:changed', resolve));
    await newSession(api);
    await changed;
  });

  it('of somebody else is not found', async () => {
    const id = await newSession(api);
    await api.ask('addUser', { body: { name: 'other', password: 'long enough' } });
    const other = await signIn(server, 'other', 'long enough');
    const socket = await open(other.tokens.access_token);
    expect(await failure(TestAttachment.open(socket, id))).toBe('noSuchSession');
    expect(await failure(TestAttachment.open(socket, 'nope'))).toBe('noSuchSession');
    for (const name of ['session', 'listSessionFiles', 'objects', 'plots', 'closeSession'] as const)
      expect((await other.ask(name, { params: { id } })).status).toBe(404);
    expect((await other.ask('sessions')).text).toBe('[]');
  });
});

describe('what a client may not do', () => {
  it.each([
    ['session:input', {}],
    ['session:input', null],
    ['session:input', { attachment: 'x', client: 'zz', counter: 1, text: 'a' }],
    ['session:interrupt', { attachment: 'x', level: 7 }],
    ['session:credit', { attachment: 'x', bytes: -1 }],
    ['session:resize', { attachment: 'x', columns: 1e9 }],
    ['session:credit', Buffer.from('junk')],
  ])('%s %j is refused', async (event, payload) => {
    const socket = await open();
    const refused = refusal(socket);
    socket.emit(event as 'session:eof', payload as never);
    expect((await refused).code).toBe('badRequest');
  });

  it('write to an attachment that is not there, or only reads', async () => {
    const socket = await open();
    const refused = refusal(socket);
    socket.emit('session:eof', { attachment: 'nope' });
    expect((await refused).code).toBe('notFound');
    const session = await newSession(api);
    const request = { session, cursor: 0, readOnly: true };
    const { attachment } = await call<{ attachment: string }>(socket, 'session:attach', request);
    const run = { attachment, client: CLIENT_ID, counter: 1, text: '1', name: 'a.R', echo: false };
    expect(await failure(call(socket, 'session:run', run))).toBe('forbidden');
  });

  it('send an input over the limit: refused by its id, and the session goes on', async () => {
    const a = await TestAttachment.open(await open(), await newSession(api));
    a.input('x'.repeat(MAX_INPUT_BYTES + 1), 1);
    await a.until(() => a.records.some((r) => r.type === TransientType.refused));
    a.input('cat("still", "here\\n")\n', 2);
    await a.untilText('still here');
  });

  it('send frames over the limit or junk: only that connection closes', async () => {
    const bystander = await TestAttachment.open(await open(), await newSession(api));
    for (const send of [
      (socket: TestSocket) => socket.emit('session:input', 'x'.repeat(40 * 1024 * 1024) as never),
      (socket: TestSocket) =>
        (socket.io.engine as unknown as { write(text: string): void }).write('9nonsense{'),
      (socket: TestSocket) =>
        (socket.io.engine as unknown as { write(bytes: Buffer): void }).write(Buffer.alloc(999, 7)),
    ]) {
      const socket = await open();
      const closed = new Promise((resolve) => socket.once('disconnect', resolve));
      send(socket);
      await closed;
    }
    bystander.input('cat("not", "hurt\\n")\n', 1);
    await bystander.untilText('not hurt');
  });
});

describe('a sign-in', () => {
  it('that ends cuts its connections; one that is renewed goes on', async () => {
    const mine = await signIn(server);
    const socket = await open(mine.tokens.access_token);
    const refreshed = await mine.ask('renewToken', { body: { refreshToken: mine.tokens.refresh_token } });
    const pair = refreshed.json<TokenPair>();
    expect(await call(socket, 'auth:renew', { token: pair.access_token })).toEqual({});
    expect(await failure(call(socket, 'auth:renew', { token: 'x' }))).toBe('notSignedIn');
    const cut = new Promise((resolve) => socket.once('disconnect', resolve));
    await mine.ask('revokeRefreshToken', { query: { refreshToken: pair.refresh_token } });
    await cut;
  });
});

describe('what ends under a client', () => {
  it('a token that expires cuts the connection', async () => {
    const { family } = decodeJwt<{ family: string }>(api.tokens.access_token);
    const keys = loadKeys(join(server.dataDir, 'keys'));
    // Issued so long ago that it ends in two seconds.
    const issued = Date.now() - (ACCESS_TOKEN_SECONDS - 2) * 1000;
    const { token } = await signAccessToken(keys.access, { user: 'admin', family }, issued);
    const socket = await open(token);
    await new Promise((resolve) => socket.once('disconnect', resolve));
    expect(await failure(connect(server.url, token))).toBe('notSignedIn');
  });

  it('a compute node that dies ends the attachment, and the same cursor goes on without a gap', async () => {
    const session = await newSession(api);
    const a = await TestAttachment.open(await open(), session);
    a.input('for (i in 1:20000) cat(i, "\\n")\n', 1);
    await a.until(() => a.bytes > 50_000);
    process.kill(server.computePid(), 'SIGKILL');
    await a.until(() => a.closed !== undefined);
    expect(a.closed).toMatchObject({ ended: false, error: { code: 'computeDown', retryable: true } });
    const cursor = Math.max(...a.records.map((r) => r.seq));
    const again = await TestAttachment.open(a.socket, session, cursor);
    await again.untilText('20000 \n');
    const numbers = (a.text() + again.text()).trim().split(/\s+/).map(Number);
    expect(numbers).toEqual(Array.from({ length: 20_000 }, (_, i) => i + 1));
  });
});

describe('flow control', () => {
  const OUTPUT_BYTES = 500_000_000;
  /** What it may cost: far less than the output. In the short form peaks of the garbage collector are a larger part. */
  const STOPPED_CLIENT_BYTES = (process.env['FARSIDE_LONG'] ? 16 : 48) * 1024 * 1024;
  const rss = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]) * 1024;

  it('a client that stops costs little memory, and nobody else’s time', async () => {
    const id = await newSession(api);
    const reader = await TestAttachment.open(await open(), id);
    // Only counted: the test itself need not hold half a gigabyte.
    reader.socket.on('session:records', () => void reader.records.splice(0));
    reader.input('x <- strrep("0123456789abcdef", 65536)\n', 1);
    const flood = async (counter: number): Promise<{ most: number; seconds: number }> => {
      const until = reader.bytes + OUTPUT_BYTES;
      let most = 0;
      const watch = setInterval(() => (most = Math.max(most, rss())), 50);
      const started = performance.now();
      reader.input(`for (i in 1:${Math.ceil(OUTPUT_BYTES / 1_048_576)}) cat(x)\n`, counter);
      await reader.until(() => reader.bytes > until);
      clearInterval(watch);
      return { most, seconds: (performance.now() - started) / 1000 };
    };
    const alone = await flood(2);
    const stopped = await TestAttachment.open(await open(), id, 0, false);
    const beside = await flood(3);
    expect(stopped.bytes).toBeLessThan(INITIAL_CREDIT_BYTES + 1024 * 1024);
    expect(beside.most - alone.most).toBeLessThan(STOPPED_CLIENT_BYTES);
    // Full speed, as far as a shared machine lets one say.
    expect(beside.seconds).toBeLessThan((process.env['FARSIDE_LONG'] ? 3 : 20) * alone.seconds);
  });
});
