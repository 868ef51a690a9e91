import { z } from 'zod';

const text = z.string().max(2_000);
const Count = z.number().int().nonnegative();

/**
 * Payload of a show record: what R would show in a window. Written by R code, so a reader believes nothing of it: a
 * `url` may be anything, a `path` is a name on the server.
 */
export const Shown = z.object({
  kind: z.enum(['help', 'search', 'vignette', 'vignettes', 'text', 'view', 'url', 'page', 'edit']),
  title: text.optional(),
  /** `help`: the page, or the whole package without it; `vignette`: its name. */
  topic: text.optional(),
  package: text.optional(),
  /** `search`: the words. */
  query: text.optional(),
  /** `text`, `view`: number of the session's document with all of it. */
  document: z.number().int().positive().optional(),
  /** `view`: size of the table. */
  rows: Count.optional(),
  columns: Count.optional(),
  /** `url`: a web page. */
  url: text.optional(),
  /** `edit`, `page`: a file of the server, and its name in the session's working directory when it lies there. */
  path: text.optional(),
  file: text.optional(),
});
export type Shown = z.infer<typeof Shown>;
