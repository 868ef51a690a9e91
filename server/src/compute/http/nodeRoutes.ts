import { ComputeSettings, type ComputeHealth } from '../api.ts';
import type { WorkerRuntime } from '../sessions/launch.ts';
import type { SessionRegistry } from '../sessions/registry.ts';
import { streamChanges } from './changes.ts';
import { rDescriber } from './rEnvironment.ts';
import { readBody, sendJson } from './reply.ts';
import type { Route } from './router.ts';

export interface NodeRoutesDeps {
  readonly runtime: WorkerRuntime;
  readonly sessions: SessionRegistry;
  readonly protocol: number;
  shutdown(): void;
}

/** The node itself: health, its R, changes of its sessions, shutdown. */
export function nodeRoutes({ runtime, sessions, protocol, shutdown }: NodeRoutesDeps): Route[] {
  const describe = rDescriber(runtime);
  return [
    {
      method: 'GET',
      path: '/health',
      handle({ response }) {
        const { home, version } = runtime.r;
        const health: ComputeHealth = {
          product: 'farside-compute',
          protocol,
          pid: process.pid,
          r: { home, version, library: runtime.library },
          sessions: sessions.size,
          spares: sessions.spares.ready,
        };
        sendJson(response, 200, health);
      },
    },
    {
      method: 'GET',
      path: '/r',
      async handle({ response, query }) {
        sendJson(response, 200, await describe(query.get('personal') ?? undefined));
      },
    },
    { method: 'GET', path: '/changes', handle: ({ response }) => streamChanges(sessions, response) },
    {
      method: 'POST',
      path: '/settings',
      async handle({ request, response }) {
        const { spares } = await readBody(request, ComputeSettings);
        await sessions.spares.resize(spares);
        sendJson(response, 200, {});
      },
    },
    {
      method: 'POST',
      path: '/shutdown',
      handle({ response }) {
        sendJson(response, 200, {});
        response.once('finish', shutdown);
      },
    },
  ];
}
