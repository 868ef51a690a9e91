import { FarsideError } from '@farside/protocol';
import type { z } from 'zod';

/** A directory answers in well under a second; nobody waits for one that hangs. */
const TIMEOUT_MS = 10_000;
/** Metadata and keys of Entra ID have some 20 KB. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads a document of the directory. Whatever comes (another status, a page instead of JSON, something huge, or
 * nothing at all) is one error, `directoryDown`.
 */
export async function fetchJson<S extends z.ZodType>(
  url: string,
  schema: S,
  timeoutMs = TIMEOUT_MS,
): Promise<z.infer<S>> {
  try {
    const reply = await fetch(url, {
      headers: { accept: 'application/json' },
      // Where the keys come from is the administrator's decision, not a redirect's.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (reply.status !== 200) throw new Error(`HTTP ${reply.status}`);
    return schema.parse(JSON.parse(await bounded(reply)));
  } catch (cause) {
    throw new FarsideError('directoryDown', { reason: reasonOf(url, cause) }, { cause });
  }
}

async function bounded(reply: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of reply.body ?? []) {
    size += part.length;
    if (size > MAX_BYTES) throw new Error('the answer is too long');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Nothing of what was answered: it may be anybody's page. */
function reasonOf(url: string, error: unknown): string {
  const host = URL.canParse(url) ? new URL(url).host : 'the directory';
  if (!(error instanceof Error)) return `${host} did not answer`;
  if (error.name === 'TimeoutError') return `${host} did not answer in time`;
  if (error instanceof SyntaxError) return `${host} did not answer with JSON`;
  if (error.name === 'ZodError') return `${host} answered something that is no metadata of a directory`;
  const inner = error.cause instanceof Error ? error.cause : error;
  return `${host} can not be used (${inner.message.slice(0, 100)})`;
}
