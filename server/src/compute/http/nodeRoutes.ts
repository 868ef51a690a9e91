import { COMPUTE_PROTOCOL, type ComputeHealth } from '../api.ts';
import type { WorkerRuntime } from '../sessions/launch.ts';
import type { SessionRegistry } from '../sessions/registry.ts';
import { streamChanges } from './changes.ts';
import { rDescriber } from './rEnvironment.ts';
import { sendJson } from './reply.ts';
import type { Route } from './router.ts';

/** The node itself: health, its R, changes of its sessions, shutdown. */
export function nodeRoutes(runtime: WorkerRuntime, sessions: SessionRegistry, shutdown: () => void): Route[] {
  const describe = rDescriber(runtime);
  return [
    {
      method: 'GET',
      path: '/health',
      handle({ response }) {
        const { home, version } = runtime.r;
        const health: ComputeHealth = {
          product: 'farside-compute',
          protocol: COMPUTE_PROTOCOL,
          pid: process.pid,
          r: { home, version, library: runtime.library },
          sessions: sessions.size,
        };
        sendJson(response, 200, health);
      },
    },
    {
      method: 'GET',
      path: '/r',
      async handle({ response }) {
        sendJson(response, 200, await describe());
      },
    },
    { method: 'GET', path: '/changes', handle: ({ response }) => streamChanges(sessions, response) },
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
