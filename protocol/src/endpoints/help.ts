import { z } from 'zod';
import { HelpHit, HelpPage, VignetteInfo, VignettePage } from '../help.ts';
import { endpoint } from './endpoint.ts';

/** With a session its library paths count; without one those of a new session. */
const session = z.string().max(100).optional();
const Package = z
  .string()
  .max(100)
  .regex(/^[A-Za-z0-9.]*$/);
const format = z.enum(['text', 'html']).default('text');

/** Documentation, answered by an R of its own: also while the session is busy, and after its end. */
export const HELP_ENDPOINTS = {
  help: endpoint({
    method: 'GET',
    path: '/v2/help',
    status: 200,
    auth: true,
    query: z.object({
      topic: z.string().max(200).default(''),
      package: Package.default(''),
      format,
      session,
    }),
    reply: HelpPage,
    summary: 'A page of R’s help as text or HTML; without a topic the pages of a package.',
  }),
  searchHelp: endpoint({
    method: 'GET',
    path: '/v2/help/search',
    status: 200,
    auth: true,
    query: z.object({ q: z.string().min(1).max(200), session }),
    reply: z.array(HelpHit),
    summary: 'Pages, vignettes and demos whose title, name or keywords match.',
  }),
  vignettes: endpoint({
    method: 'GET',
    path: '/v2/vignettes',
    status: 200,
    auth: true,
    query: z.object({ package: Package.default(''), session }),
    reply: z.array(VignetteInfo),
    summary: 'The vignettes of a package, or of all.',
  }),
  vignette: endpoint({
    method: 'GET',
    path: '/v2/vignettes/:package/:name',
    status: 200,
    auth: true,
    query: z.object({ format, session }),
    reply: VignettePage,
    summary: 'A vignette: the text it was made from, or as HTML where there is such a page.',
  }),
  sessionDocument: endpoint({
    method: 'GET',
    path: '/v2/sessions/:id/documents/:document',
    status: 200,
    auth: true,
    reply: 'bytes',
    summary: 'A text that the session showed, e.g. a table of View(): see show records.',
  }),
} as const;
