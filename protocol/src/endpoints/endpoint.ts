import type { z } from 'zod';
import type { ErrorCode } from '../errorTable.ts';

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
  /** What this endpoint may answer beside what follows from its path, its body and the sign-in. */
  readonly errors?: readonly ErrorCode[];
  /** Content types of a 'bytes' reply; `application/octet-stream` by default. */
  readonly produces?: readonly string[];
  /** Whether one byte range may be asked for. */
  readonly ranges?: boolean;
}

export const endpoint = <const E extends Endpoint>(e: E): E => e;
