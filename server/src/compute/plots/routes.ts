import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { ENDPOINTS, FarsideError } from '@farside/protocol';
import { parseWith, sendJson } from '../http/reply.ts';
import type { Route, RouteContext } from '../http/router.ts';
import type { Plots, PlotSession } from './service.ts';

const TYPES = { svg: 'image/svg+xml', png: 'image/png', pdf: 'application/pdf' } as const;
const PAGE = /^[1-9]\d{0,8}$/;

/** Finds a session by its id, running or ended; throws `noSuchSession`. */
export type FindSession = (id: string) => PlotSession;

/** The list of a session's plots, and each of them drawn at a size. */
export function plotRoutes(find: FindSession, plots: Plots): Route[] {
  return [
    {
      method: 'GET',
      path: '/sessions/:id/plots',
      async handle({ response, params }) {
        sendJson(response, 200, await plots.list(find(params['id'] ?? '')));
      },
    },
    {
      method: 'GET',
      path: '/sessions/:id/plots/:page',
      handle: (context) => sendDrawing(find, plots, context),
    },
  ];
}

async function sendDrawing(find: FindSession, plots: Plots, context: RouteContext): Promise<void> {
  const { response, params, query } = context;
  const { id = '', page = '' } = params;
  if (!PAGE.test(page)) throw new FarsideError('noSuchPlot', { page: page.slice(0, 20) });
  const drawing = parseWith(ENDPOINTS.plot.query, () => Object.fromEntries(query));
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const bytes = await plots.draw(find(id), Number(page), drawing, gone.signal);
  response.writeHead(200, { 'content-type': TYPES[drawing.format], 'content-length': bytes.length });
  await pipeline(Readable.from([bytes]), response).catch(() => response.destroy());
}
