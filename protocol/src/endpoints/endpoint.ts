import type { z } from 'zod';

/**
 * `body`/`reply` are zod schemas; 'bytes' is a stream, 'none' an empty body.
 */
export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Express path; {@link fillPath} puts values in. */
  readonly path: string;
  readonly status: number;
  readonly auth: boolean;
  readonly body?: z.ZodType | 'bytes' | 'multipart';
  readonly query?: z.ZodType;
  readonly reply: z.ZodType | 'bytes' | 'none';
  readonly summary: string;
}

export const endpoint = <E extends Endpoint>(e: E): E => e;
