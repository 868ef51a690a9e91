import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FarsideError, type JobInfo } from '@farside/protocol';
import { serveConfig } from '../src/config.ts';
import { signIn, type Api } from './support/api.ts';
import { jobOf, startJob, untilJob, untilTrue } from './support/jobs.ts';
import { startServer, temporaryDataDir, type TestServer } from './support/server.ts';

interface Message {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const dataDir = temporaryDataDir();
const args = ['--webhook-host', '127.0.0.1', '--webhook-internal'];
const messages: Message[] = [];
let hook: Server;
let url: string;
let server: TestServer;
let api: Api;
beforeAll(async () => {
  hook = createServer((req, res) => {
    let body = '';
    req.setEncoding('utf8').on('data', (text: string) => (body += text));
    req.on('end', () => {
      messages.push({ headers: req.headers, body });
      res.writeHead(req.url === '/refuses' ? 403 : 200).end();
    });
  });
  await new Promise<void>((done) => hook.listen(0, '127.0.0.1', done));
  url = `http://127.0.0.1:${(hook.address() as AddressInfo).port}`;
  server = await startServer({ dataDir, args });
  api = await signIn(server);
});
afterAll(async () => {
  await server.stop();
  hook.close();
  rmSync(dataDir, { recursive: true, force: true });
});

const toldOf = ({ id }: JobInfo): Message[] => messages.filter(({ body }) => body.includes(id));

it('tells about the end of a job, signed', async () => {
  const job = await startJob(api, 'stop("too bad")', { webhook: `${url}/hook` });
  expect(job.webhook).toEqual({ url: `${url}/hook`, state: 'pending' });
  await untilTrue(() => toldOf(job).length > 0);
  const [{ body, headers }] = toldOf(job) as [Message];
  expect(JSON.parse(body)).toMatchObject({
    id: job.id,
    name: 'job.R',
    state: 'failed',
    error: { message: 'too bad' },
  });
  const path = join(dataDir, 'webhook.key');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const hex = createHmac('sha256', readFileSync(path, 'utf8').trim()).update(body).digest('hex');
  expect(headers['farside-signature']).toBe(`sha256=${hex}`);
  while ((await jobOf(api, job.id)).webhook?.state === 'pending');
  expect((await jobOf(api, job.id)).webhook).toEqual({ url: `${url}/hook`, state: 'delivered' });
  expect(toldOf(job)).toHaveLength(1);
});

it('says why nobody was told', async () => {
  const job = await startJob(api, '1', { webhook: `${url}/refuses` });
  while ((await jobOf(api, job.id)).webhook?.state === 'pending');
  expect((await jobOf(api, job.id)).webhook).toMatchObject({
    state: 'failed',
    reason: 'it answered with status 403',
  });
});

it('tells hosts that nobody allowed nothing: the job is not started', async () => {
  const body = { name: 'a', file: 'a.R', script: '1', webhook: 'http://localhost/' };
  expect((await api.ask('startJob', { body })).json()).toMatchObject({ code: 'webhookRefused' });
  expect(() => serveConfig({ dataDir, webhookHost: ['https://example.org'] })).toThrow(FarsideError);
});

it('tells about a job that ended while no web node ran', async () => {
  const job = await startJob(api, 'while (!file.exists("go")) Sys.sleep(0.01)', { webhook: `${url}/hook` });
  await untilJob(api, job.id, ({ state }) => state === 'running');
  const workdir = join(dataDir, 'sessions', job.session, 'work');
  await server.endWebNode('SIGKILL');
  writeFileSync(join(workdir, 'go'), '');
  await untilTrue(() => existsSync(join(dataDir, 'sessions', job.session, 'ended')));
  expect(toldOf(job)).toHaveLength(0);
  server = await startServer({ dataDir, args });
  api = await signIn(server);
  await untilTrue(() => toldOf(job).length > 0);
  expect(JSON.parse(toldOf(job)[0]?.body ?? '')).toMatchObject({ id: job.id, state: 'succeeded' });
});
