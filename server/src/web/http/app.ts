import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { ENDPOINTS, type EndpointName } from '@farside/protocol';
import type { WebDeps } from '../deps.ts';
import { aboutHandlers } from './about.ts';
import { bind, notFound, refuseMethods, type Handler, type Handlers } from './bind.ts';
import { consoleHandlers } from './console.ts';
import { docsHandlers } from './docs.ts';
import { errorReplies } from './errors.ts';
import { executeHandlers } from './execute.ts';
import { fileHandlers } from './files.ts';
import { folderHandlers } from './folders.ts';
import { helpHandlers } from './help.ts';
import { loginHandlers } from './login.ts';
import { jobHandlers } from './jobs.ts';
import { logRequests } from './log.ts';
import { plotHandlers } from './plots.ts';
import { authenticate } from './principal.ts';
import { sessionControlHandlers } from './sessionControl.ts';
import { sessionHandlers } from './sessions.ts';
import { snapshotHandlers } from './snapshots.ts';
import { transferHandlers } from './transfers.ts';
import { createUploads } from './uploads.ts';
import { userHandlers } from './users.ts';
import { workspaceHandlers } from './workspace.ts';

/** The REST side of a web node: every endpoint of the table, bound to its handler. */
export function createApp(deps: WebDeps): { app: Express; cleanUp: () => Promise<unknown> } {
  const { config, log } = deps;
  const uploads = createUploads(deps);
  const app = express();
  app.disable('x-powered-by');
  // Addresses told by a proxy are believed only from this machine.
  app.set('trust proxy', 'loopback');
  app.use(logRequests(log));
  app.use(helmet());
  app.use(allowOrigins(config.allowOrigin));
  app.use(authenticate(deps));
  app.use(config.basePath || '/', createRouter(deps, uploads.handle));
  app.use(notFound);
  app.use(errorReplies(log));
  return { app, cleanUp: uploads.cleanUp };
}

function createRouter(deps: WebDeps, uploads: RequestHandler): Router {
  const handlers: Omit<Handlers, 'uploads'> = {
    ...loginHandlers(deps),
    ...aboutHandlers(deps),
    ...docsHandlers(),
    ...userHandlers(deps),
    ...sessionHandlers(deps),
    ...sessionControlHandlers(deps),
    ...jobHandlers(deps),
    ...executeHandlers(deps),
    ...consoleHandlers(deps),
    ...fileHandlers(deps),
    ...transferHandlers(deps),
    ...workspaceHandlers(deps),
    ...snapshotHandlers(deps),
    ...plotHandlers(deps),
    ...helpHandlers(deps),
    ...folderHandlers(deps),
  };
  const router = express.Router();
  for (const method of ['post', 'head', 'patch', 'delete', 'options'] as const)
    router[method](`${ENDPOINTS.uploads.path}{/:id}`, uploads);
  for (const [name, handler] of Object.entries(handlers))
    bind(router, name as EndpointName, handler as Handler<EndpointName>);
  refuseMethods(router, Object.values(ENDPOINTS));
  return router;
}

/** Browsers of other origins may call only when the administrator named them. */
function allowOrigins(origins: readonly string[]): RequestHandler {
  return (req, res, next) => {
    const { origin } = req.headers;
    if (origin === undefined || !origins.includes(origin)) return next();
    res.set({
      'Access-Control-Allow-Origin': origin,
      Vary: 'Origin',
      'Cross-Origin-Resource-Policy': 'cross-origin',
      'Access-Control-Expose-Headers': 'Location, Upload-Offset, Upload-Length, Tus-Resumable',
    });
    if (req.method !== 'OPTIONS') return next();
    res.set({
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers': req.headers['access-control-request-headers'] ?? '',
      'Access-Control-Max-Age': '600',
    });
    res.status(204).end();
  };
}
