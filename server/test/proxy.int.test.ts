import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, newSession, request, signIn, type Api } from './support/api.ts';
import { hasNginx, startNginx, type Nginx } from './support/nginx.ts';
import { startServer, type TestServer } from './support/server.ts';
import { connect, TestAttachment } from './support/socket.ts';
import { createUpload, sha256, upload } from './support/tus.ts';

const trust = (certificate: string) =>
  setDefaultCACertificates([...getCACertificates('bundled'), certificate]);
/** The sample's 60 s with --long; otherwise still longer than the time between two pings. */
const [IDLE_CUT, PINGS] = process.env['FARSIDE_LONG'] ? ['60s', 3] : ['30s', 2];

describe.skipIf(!hasNginx())('behind nginx, with TLS, at a sub-path', () => {
  let server: TestServer;
  let nginx: Nginx;
  let url: string;
  let api: Api;
  beforeAll(async () => {
    server = await startServer({ args: ['--base-path', '/farside'] });
    nginx = await startNginx(new URL(server.url).port, IDLE_CUT);
    trust(nginx.ca);
    url = `${nginx.origin}/farside`;
    api = await signIn({ ...server, url });
  });
  afterAll(async () => {
    await nginx.stop();
    await server.stop();
  });

  it('REST works, and nothing is answered outside of the sub-path', async () => {
    expect((await ask(url, 'about')).json<object>()).toMatchObject({ product: 'farside' });
    expect((await request(`${new URL(server.url).origin}/v2/about`)).status).toBe(404);
    expect((await request(`${url}/nope`)).json<object>()).toMatchObject({ code: 'notFound' });
  });

  it('uploads get an address they can go on with', async () => {
    const id = await newSession(api);
    const { url: location } = await createUpload(api, { session: id, path: 'x', hash: sha256('x') }, 1);
    expect(location.startsWith(`${url}/v2/uploads/`)).toBe(true);
    const large = 'x'.repeat(3 * 1024 * 1024);
    expect((await upload(api, { session: id, path: 'large' }, large)).status).toBe(204);
    expect((await api.ask('file', { params: { id, path: 'large' } })).bytes).toHaveLength(large.length);
  });

  it('failed sign-ins count for the address behind the proxy', async () => {
    // Through the proxy the address is the client's own; claimed by somebody else it is not believed.
    const raw = { headers: { 'x-forwarded-for': '203.0.113.9' } };
    const body = { username: 'mallory', password: 'x' };
    for (let i = 0; i < 5; i++) expect((await ask(url, 'login', { body, raw })).status).toBe(401);
    const other = { headers: { 'x-forwarded-for': '203.0.113.10' } };
    expect((await ask(url, 'login', { body, raw: other })).status).toBe(429);
  });

  it('a live session stays connected while nothing happens', async () => {
    const socket = await connect(url, api.tokens.access_token);
    const attachment = await TestAttachment.open(socket, await newSession(api));
    let pings = 0;
    let cut = false;
    socket.on('disconnect', () => (cut = true));
    await new Promise<void>((resolve) => {
      socket.io.on('ping', () => {
        if (++pings === PINGS) resolve();
      });
      socket.on('disconnect', () => resolve());
    });
    expect(cut).toBe(false);
    attachment.input('cat("still", "here\\n")\n', 1);
    await attachment.untilText('still here');
    socket.close();
  });
});

describe('with its own certificate', () => {
  it('serves HTTPS and secure sockets', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'farside-tls-'));
    const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
    const names = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const make = [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      cert,
    ];
    execFileSync('openssl', [...make, ...names], { stdio: 'pipe' });
    const server = await startServer({ args: ['--tls-cert', cert, '--tls-key', key] });
    try {
      expect(server.url).toMatch(/^https:/);
      trust(readFileSync(cert, 'utf8'));
      const api = await signIn(server);
      const socket = await connect(server.url, api.tokens.access_token);
      const attachment = await TestAttachment.open(socket, await newSession(api));
      attachment.input('cat("secure", "session\\n")\n', 1);
      await attachment.untilText('secure session');
      socket.close();
    } finally {
      await server.stop();
      rmSync(dir, { recursive: true });
    }
  });
});
