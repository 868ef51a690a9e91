import { pipeline } from 'node:stream/promises';
import { HelpHit, HelpPage, VignetteInfo, VignettePage } from '@farside/protocol';
import { z } from 'zod';
import type { Handlers } from './bind.ts';
import type { WebDeps } from '../deps.ts';

type Names = 'help' | 'searchHelp' | 'vignettes' | 'vignette' | 'sessionDocument';
type Question = Readonly<{ what: string; first?: string; second?: string; third?: string }>;

/** Documentation, from an R that is no session; and the texts that a session showed. */
export function helpHandlers({ sessions, compute }: WebDeps): Pick<Handlers, Names> {
  const ask = async (owner: string, session: string | undefined, question: Question): Promise<unknown> => {
    if (session !== undefined) await sessions.owned(owner, session);
    return compute.help({ owner, session, ...question });
  };
  return {
    async help({ user, query: { topic, package: from, format, session } }) {
      const question = { what: 'topic', first: topic, second: from, third: format };
      return HelpPage.parse(await ask(user.name, session, question));
    },
    async searchHelp({ user, query: { q, session } }) {
      return z.array(HelpHit).parse(await ask(user.name, session, { what: 'search', first: q }));
    },
    async vignettes({ user, query: { package: from, session } }) {
      return z.array(VignetteInfo).parse(await ask(user.name, session, { what: 'vignettes', second: from }));
    },
    async vignette({ user, params, query: { format, session } }) {
      const { package: from = '', name = '' } = params;
      const question = { what: 'vignette', first: name, second: from, third: format };
      return VignettePage.parse(await ask(user.name, session, question));
    },
    async sessionDocument({ user, params, res }) {
      const { id } = await sessions.owned(user.name, params['id'] ?? '');
      const body = await compute.document(id, params['document'] ?? '');
      res.set('Content-Type', 'text/plain; charset=utf-8');
      await pipeline(body, res).catch(() => res.destroy());
    },
  };
}
