import type { IncomingMessage, ServerResponse } from 'node:http';
import { FarsideError } from '@farside/protocol';

export interface RouteContext {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Values of `:name` parts of the path. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}
export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** e.g. `/sessions/:id`. */
  readonly path: string;
  handle(context: RouteContext): Promise<void> | void;
}

/** Finds the route of a request; throws `notFound`. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  pathname: string,
): { route: Route; params: Record<string, string> } {
  const parts = pathname.split('/');
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.path.split('/'), parts) : undefined;
    if (params) return { route, params };
  }
  throw new FarsideError('notFound', { what: `${method} ${pathname}` });
}

function matchPath(pattern: readonly string[], parts: readonly string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [n, expected] of pattern.entries()) {
    const part = parts[n] ?? '';
    if (expected.startsWith(':')) params[expected.slice(1)] = decodeURIComponent(part);
    else if (expected !== part) return undefined;
  }
  return params;
}
