import { z } from 'zod';
import { CallSession, CreateSession, DEFAULT_GRACE_MS, InterruptSession, RenameSession } from '../api.ts';
import type { SessionRegistry } from '../sessions/registry.ts';
import { parseWith, readBody, sendJson, sendStream } from './reply.ts';
import type { Route } from './router.ts';

const Grace = z.coerce.number().int().nonnegative().max(3_600_000);

/** Sessions: create, look at, rename, remove. */
export function sessionRoutes(sessions: SessionRegistry): Route[] {
  return [
    {
      method: 'POST',
      path: '/sessions',
      async handle({ request, response }) {
        const session = await sessions.create(await readBody(request, CreateSession));
        sendJson(response, 201, await session.info());
      },
    },
    {
      method: 'GET',
      path: '/sessions',
      async handle({ response }) {
        sendJson(response, 200, await sessions.list());
      },
    },
    {
      method: 'GET',
      path: '/sessions/:id',
      async handle({ response, params }) {
        sendJson(response, 200, await sessions.get(params['id'] ?? '').info());
      },
    },
    {
      method: 'PATCH',
      path: '/sessions/:id',
      async handle({ request, response, params }) {
        const { name } = await readBody(request, RenameSession);
        const session = sessions.get(params['id'] ?? '');
        session.rename(name);
        sendJson(response, 200, await session.info());
      },
    },
    {
      method: 'DELETE',
      path: '/sessions/:id/record',
      async handle({ response, params }) {
        await sessions.remove(params['id'] ?? '');
        sendJson(response, 200, {});
      },
    },
  ];
}

/** What is done to a running session: end, interrupt, ask. */
export function controlRoutes(sessions: SessionRegistry): Route[] {
  return [
    {
      method: 'DELETE',
      path: '/sessions/:id',
      async handle({ response, params, query }) {
        const session = sessions.get(params['id'] ?? '');
        const grace = parseWith(Grace, () => query.get('grace') ?? DEFAULT_GRACE_MS);
        const saveWorkspace = query.has('save');
        await session.end(query.has('force') ? { force: true } : { graceMs: grace, saveWorkspace });
        sendJson(response, 200, await session.info());
      },
    },
    {
      method: 'POST',
      path: '/sessions/:id/interrupt',
      async handle({ request, response, params }) {
        const { level } = await readBody(request, InterruptSession);
        await sessions.get(params['id'] ?? '').interrupt(level);
        sendJson(response, 200, {});
      },
    },
    {
      method: 'POST',
      path: '/sessions/:id/call',
      async handle({ request, response, params }) {
        const { code, budgetMs } = await readBody(request, CallSession);
        const answer = await sessions.get(params['id'] ?? '').call(code, budgetMs);
        await sendStream(response, 'application/octet-stream', answer);
      },
    },
  ];
}
