import { FarsideError } from '@farside/protocol';
import { z } from 'zod';
import { parseWith } from '../http/reply.ts';
import type { Route } from '../http/router.ts';
import { documentOf, librariesOf } from './session.ts';
import type { Help } from './service.ts';

/** Finds a session by its id, running or ended; throws `noSuchSession`. */
type FindSession = (id: string) => { readonly dir: string };

const Question = z.object({
  owner: z.string().min(1),
  session: z.string().optional(),
  what: z.enum(['topic', 'search', 'vignettes', 'vignette']),
  first: z.string().default(''),
  second: z.string().default(''),
  third: z.string().default(''),
});

/** Documentation, and what sessions showed. */
export function helpRoutes(find: FindSession, help: Help): Route[] {
  return [
    {
      method: 'GET',
      path: '/help',
      async handle({ response, query }) {
        const asked = parseWith(Question, () => Object.fromEntries(query));
        const { owner, session, what, first, second, third } = asked;
        const libraries = session === undefined ? [] : await librariesOf(find(session).dir);
        const body = await help.ask(owner, libraries, { what, words: [first, second, third] });
        if (Buffer.from(body).toString().trim() === 'null')
          throw new FarsideError('noSuchHelp', { what: told(asked) });
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length });
        response.end(body);
      },
    },
    {
      method: 'GET',
      path: '/sessions/:id/documents/:document',
      async handle({ response, params }) {
        const body = await documentOf(find(params['id'] ?? '').dir, params['document'] ?? '');
        response.writeHead(200, {
          'content-type': 'text/plain; charset=utf-8',
          'content-length': body.length,
        });
        response.end(body);
      },
    },
  ];
}

function told({ what, first, second }: z.infer<typeof Question>): string {
  const where = second && ` in package "${second}"`;
  if (what === 'topic') return first ? `help on "${first}"${where}` : `package "${second}"`;
  return `vignette "${first}"${where}`;
}
