import { pipeline } from 'node:stream/promises';
import { PlotPage } from '@farside/protocol';
import { z } from 'zod';
import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';

const PlotPages = z.array(PlotPage);

/** Plot pages, drawn by the compute node. */
export function plotHandlers({ sessions, compute }: WebDeps): Pick<Handlers, 'plots' | 'plot'> {
  return {
    async plots({ user, params }) {
      const { id } = await sessions.owned(user.name, params['id'] ?? '');
      const { body } = await compute.plots(id, 'plots');
      const parts = (await body.toArray()) as Buffer[];
      return PlotPages.parse(JSON.parse(Buffer.concat(parts).toString('utf8')));
    },
    async plot({ user, params, query, res }) {
      const { id } = await sessions.owned(user.name, params['id'] ?? '');
      const values = Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
      const page = encodeURIComponent(params['page'] ?? '');
      const answer = await compute.plots(id, `plots/${page}?${new URLSearchParams(values).toString()}`);
      res.set('Content-Type', answer.type);
      // A window that closed while its plot was drawn is no error.
      await pipeline(answer.body, res).catch(() => res.destroy());
    },
  };
}
