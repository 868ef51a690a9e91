import { z } from 'zod';
import { Directory } from './models.ts';

/** What mrsdeploy in local R asks of the editor it runs in: POST with JSON, over loopback, with a token of that R. */
const Tokens = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().optional(),
  /** Seconds since 1970. */
  expires_on: z.number().optional(),
  /** Where the refresh token is good, when it is not the server's: kept in memory only. */
  directory: Directory.optional(),
});

export const HANDOVER = {
  /** The user name and password of a sign-in, asked in a box. 204: the user does not want to. */
  '/password': z.object({ endpoint: z.string(), username: z.string().optional() }),
  /** R's remote session from now on. `enter`: show it as soon as R is back at its prompt. */
  '/session': z.object({
    endpoint: z.string(),
    session: z.string(),
    tokens: Tokens,
    prompt: z.string().max(200).optional(),
    displayPlots: z.boolean().optional(),
    writePlots: z.boolean().optional(),
    recPlots: z.boolean().optional(),
    /** R's working directory, where `writePlots` writes. */
    directory: z.string().optional(),
    enter: z.boolean().optional(),
  }),
  /**
   * A token that is good: once R has given its refresh token away only the editor renews, since that is good once.
   * 401: the sign-in is over; 503: it could not be renewed now.
   */
  '/tokens': z.object({ refused: z.string().optional() }),
  '/pause': z.object({}),
  '/resume': z.object({}),
  /** The session is gone, and R has signed out. */
  '/logout': z.object({}),
  /** A console of its own for a script that runs by itself. */
  '/job': z.object({
    endpoint: z.string(),
    tokens: Tokens,
    job: z.string(),
    session: z.string(),
    title: z.string().max(1000),
    /** The console goes when the script is done. */
    close: z.boolean().optional(),
  }),
  /** A page in the user's browser, for a sign-in there. */
  '/browse': z.object({ url: z.string() }),
} as const;

export type HandoverPath = keyof typeof HANDOVER;
export type HandoverBody<P extends HandoverPath> = z.infer<(typeof HANDOVER)[P]>;
export type HandoverTokens = z.infer<typeof Tokens>;
