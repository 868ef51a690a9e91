import { z } from 'zod';

/** A page of help, e.g. to tell pages of the same name apart. */
export const HelpLink = z.object({ package: z.string(), page: z.string(), title: z.string() });
export type HelpLink = z.infer<typeof HelpLink>;

export const HelpPage = z.object({
  topic: z.string(),
  package: z.string(),
  /** Name of the page, which may have many topics. */
  page: z.string(),
  title: z.string(),
  /** `index`: the pages of a package are in `others`. */
  format: z.enum(['text', 'html', 'index']),
  /** HTML comes as R made it: nothing in it is trusted. */
  content: z.string(),
  /** Pages of the same topic in other packages. */
  others: z.array(HelpLink),
});
export type HelpPage = z.infer<typeof HelpPage>;

export const HelpHit = z.object({
  /** `help`, `vignette` or `demo`. */
  type: z.string(),
  package: z.string(),
  topic: z.string(),
  title: z.string(),
});
export type HelpHit = z.infer<typeof HelpHit>;

export const VignetteInfo = z.object({
  package: z.string(),
  name: z.string(),
  title: z.string(),
  /** What was made of it: `html`, `pdf` or nothing. */
  document: z.string(),
});
export type VignetteInfo = z.infer<typeof VignetteInfo>;

export const VignettePage = z.object({
  package: z.string(),
  name: z.string(),
  title: z.string(),
  format: z.enum(['text', 'html']),
  content: z.string(),
});
export type VignettePage = z.infer<typeof VignettePage>;
