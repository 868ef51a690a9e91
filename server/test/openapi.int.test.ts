import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ENDPOINTS, type Endpoint } from '@farside/protocol';
import SwaggerClient from 'swagger-client';
import { productRoot } from '../src/runtime/productRoot.ts';
import { openApiPath } from '../src/web/openapi/operation.ts';
import { request, signIn } from './support/api.ts';
import { startServer, type TestServer } from './support/server.ts';

interface Operation {
  operationId: string;
  parameters: { name: string; in: string }[];
  responses: Record<string, object>;
  security?: object[];
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

let server: TestServer;
let base: string;
let document: Document;
beforeAll(async () => {
  server = await startServer({ args: ['--base-path', '/farside'] });
  base = server.url;
  document = (await request(`${base}/v2/openapi.json`)).json<Document>();
});
afterAll(() => server.stop());

const endpoints = Object.entries(ENDPOINTS) as [string, Endpoint][];

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', () => {
    expect(document.openapi).toBe('3.1.0');
    const dir = mkdtempSync(join(tmpdir(), 'farside-openapi-'));
    try {
      writeFileSync(join(dir, 'openapi.json'), JSON.stringify(document));
      const validator = join(productRoot(), 'node_modules', '.bin', 'validate-api');
      const said = execFileSync(validator, [join(dir, 'openapi.json')], { encoding: 'utf8' });
      expect(JSON.parse(said)).toEqual({ valid: true });
    } finally {
      rmSync(dir, { recursive: true });
    }
  });

  it.each(endpoints)('has %s with its parameters, bodies, replies, errors and security', (name, endpoint) => {
    const operation = document.paths[openApiPath(endpoint.path)]?.[endpoint.method.toLowerCase()];
    expect(operation?.operationId).toBe(name);
    const inPath = Array.from(endpoint.path.matchAll(/[:*](\w+)/g), ([, parameter]) => parameter);
    const described = (operation?.parameters ?? []).filter((p) => p.in === 'path').map((p) => p.name);
    expect(described).toEqual(inPath);
    expect('requestBody' in (operation ?? {})).toBe(endpoint.body !== undefined);
    const statuses = Object.keys(operation?.responses ?? {});
    expect(statuses).toEqual(expect.arrayContaining([String(endpoint.status), '500', 'default']));
    expect(statuses.includes('401')).toBe(endpoint.auth || name === 'login' || name.endsWith('Token'));
    expect(operation?.security).toEqual(endpoint.auth ? undefined : []);
  });

  it('is enough for a client of it, behind a sub-path', async () => {
    const { tokens } = await signIn(server);
    const client = await SwaggerClient(`${base}/v2/openapi.json`, {
      authorizations: { bearer: tokens.access_token },
    });
    const started = await client.execute({
      operationId: 'startSession',
      requestBody: { name: 'by description' },
    });
    const { id } = started.body as { id: string };
    const ran = await client.execute({
      operationId: 'executeCode',
      parameters: { id },
      requestBody: { code: 'cat(1 + 1)', outputParameters: [] },
    });
    expect(ran.body).toMatchObject({ success: true, consoleOutput: '2' });
  });
});

describe('the page over it', () => {
  it('is there with its parts and a strict policy, and loads nothing from elsewhere', async () => {
    const moved = await request(`${base}/v2/docs`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([308, 'docs/']);
    const page = await request(`${base}/v2/docs`);
    expect(page.text).toContain('Farside REST API');
    expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|upgrade-insecure|https?:/);
    const parts = Array.from(page.text.matchAll(/(?:src|href)="([\w.-]+)"/g), ([, part]) => part);
    expect(parts).toHaveLength(4);
    for (const part of parts) {
      const answer = await request(`${base}/v2/docs/${part}`);
      expect([part, answer.status, answer.bytes.length > 50]).toEqual([part, 200, true]);
    }
  });

  it.each(['constructor', '__proto__', '..%2Findex.html', 'index.html%00', 'swagger-ui.js'])(
    'has no part %s',
    async (part) => {
      expect((await request(`${base}/v2/docs/${part}`)).status).toBe(404);
    },
  );
});

describe('an address asked in the wrong way', () => {
  it.each([
    ['PUT', '/sessions', 'POST, GET'],
    ['POST', '/v2/openapi.json', 'GET'],
    ['GET', '/login', 'POST'],
  ])('%s %s says what is possible', async (method, path, allowed) => {
    const answer = await request(base + path, { method });
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, allowed]);
    expect(answer.json<object>()).toMatchObject({ code: 'methodNotAllowed' });
    const asked = await request(base + path, { method: 'OPTIONS' });
    expect(asked.status).toBe(200);
  });
});
