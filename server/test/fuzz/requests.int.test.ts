import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS, type Endpoint } from '@farside/protocol';
import { BODIES, hostileHeaders, NAMES, TYPES } from './hostile.ts';
import { Random, rounds } from './random.ts';
import { rawRequest, sendRaw, type RawReply, type RawRequest } from './raw.ts';
import { makeWorld, SECRET, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterAll(() => world.stop());

/** What works on the attacker's own session but would end it, or start one R after the other. */
const NOT_ON_OWN = new Set([
  'closeSession',
  'closeSessionByForce',
  'endSession',
  'removeSession',
  'sendInput',
]);
const STARTS = new Set(['startSession', 'createSession', 'startJob']);
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'get', 'X'];
/** The deliberate ones: no compute node, a full disk. */
const MAY_BE = new Set([503, 507]);
const LEAKS = [SECRET, 'root:x:0:', 'node_modules', 'FARSIDE_ADMIN_PASSWORD', '.ts:'];

/** What is wrong with a reply; empty when nothing is. */
function faultOf(reply: RawReply, request: RawRequest): string {
  const leak = LEAKS.find((text) => reply.body.includes(text));
  if (!leak && (reply.status < 500 || MAY_BE.has(reply.status))) return '';
  const headers = { ...request.headers, Authorization: '…' };
  const asked = `${request.method} ${request.path.slice(0, 200)} ${JSON.stringify(headers).slice(0, 300)}`;
  return `${leak ? `tells ${leak}` : reply.status}: ${asked} ${String(request.body ?? '').slice(0, 100)}`;
}

function requestOf(random: Random, name: string, endpoint: Endpoint): RawRequest {
  const ids = NOT_ON_OWN.has(name) ? [world.victimSession] : [world.session, world.victimSession];
  const path = endpoint.path.replace(/[:*](\w+)/g, (_, parameter: string) =>
    parameter === 'id' && random.chance(0.8) ? random.pick(ids) : random.pick(NAMES),
  );
  const query =
    name === 'console'
      ? '?waitMs=0'
      : random.pick(['', '', '?', '?after=-1', '?format=x&width=1e9', '?a[b]=c&%zz']);
  const body = STARTS.has(name) ? '{"name":1,"script":1}' : random.pick(BODIES);
  const headers: Record<string, string> = { ...hostileHeaders(random) };
  if (random.chance(0.9)) headers['Authorization'] = `Bearer ${world.attacker.tokens.access_token}`;
  if (random.chance(0.7)) headers['Content-Type'] = random.pick(TYPES);
  // A method that is another operation could be one of those left out.
  const method = random.chance(0.9) ? endpoint.method : random.pick(METHODS.slice(6));
  return { method, path: path + query, headers, ...(method !== 'GET' && { body }) };
}

describe('no request that somebody makes up', () => {
  it('breaks the server, reads or writes elsewhere, or is answered with 5xx', async () => {
    const random = new Random();
    const faults: string[] = [];
    const endpoints = Object.entries(ENDPOINTS) as [string, Endpoint][];
    for (let n = 0; n < rounds(1_000, 20_000); n++) {
      const request = requestOf(random, ...random.pick(endpoints));
      faults.push(faultOf(await rawRequest(world.server.url, request), request));
    }
    expect(faults.filter(Boolean)).toEqual([]);
    await world.check();
  });

  it('does so by an address alone', async () => {
    const bases = [
      `/sessions/${world.session}/files/`,
      `/v2/sessions/${world.session}/files/`,
      '/v2/uploads/',
      '/v2/docs/',
    ];
    const headers = {
      Authorization: `Bearer ${world.attacker.tokens.access_token}`,
      'Tus-Resumable': '1.0.0',
    };
    const faults: string[] = [];
    const kept = ['plain.txt', './plain.txt', 'plain.txt/'];
    for (const base of bases)
      for (const name of NAMES)
        for (const method of ['GET', 'HEAD', 'DELETE']) {
          if (method === 'DELETE' && kept.includes(name)) continue;
          const request = { method, path: base + name, headers };
          faults.push(faultOf(await rawRequest(world.server.url, request), request));
        }
    expect(faults.filter(Boolean)).toEqual([]);
    await world.check();
  });
});

describe('bytes that are no request', () => {
  const line = 'GET /v2/about HTTP/1.1\r\nHost: x\r\n';
  const cases: Record<string, string | Buffer> = {
    'that are random': new Random().bytes(5_000),
    'that are TLS': Buffer.from('160301020001000fc0303', 'hex'),
    'with headers beyond all bounds': `${line}X: ${'x'.repeat(100_000)}\r\n\r\n`,
    'with thousands of headers': `${line}${'X: y\r\n'.repeat(20_000)}\r\n`,
    'with two lengths': 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}',
    'with a length and chunks':
      'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'with a negative length': 'POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n{}',
    'with a bad chunk':
      'POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n',
    'with a folded header': `${line} folded: x\r\n\r\n`,
    'of HTTP/0.9': 'GET /\r\n\r\n',
    'of HTTP/2': 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    'that ask a proxy': 'GET http://example.org/ HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n',
    'that ask for a tunnel': 'CONNECT example.org:443 HTTP/1.1\r\nHost: x\r\n\r\n',
  };
  it.each(Object.keys(cases))('%s are refused or cut off', async (name) => {
    const reply = await sendRaw(world.server.url, Buffer.from(cases[name] ?? ''));
    expect(reply.status).toBeLessThan(500);
    expect(reply.status === 0 || reply.status >= 400).toBe(true);
    await world.check();
  });
});
