import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { ENDPOINTS, FarsideError, type Endpoint, type EndpointName } from '@farside/protocol';
import type { z } from 'zod';
import { TOO_DEEP } from './errors.ts';
import { isTooDeep } from './jsonDepth.ts';
import { requireUser, type Principal } from './principal.ts';

/** Before anybody is known only small bodies are read. */
const MAX_ANONYMOUS_BODY = 16 * 1024;
/** … and only those that come at once. */
const ANONYMOUS_SECONDS = 20;
/** Code to execute may be as long as an input; JSON escapes can double it. */
const MAX_BODY = 33 * 1024 * 1024;

type Table = typeof ENDPOINTS;
type BodyOf<E> = E extends { body: infer B } ? (B extends z.ZodType ? z.output<B> : undefined) : undefined;
type QueryOf<E> = E extends { query: infer Q } ? (Q extends z.ZodType ? z.output<Q> : undefined) : undefined;
/** 'bytes' are written to the response by the handler itself. */
type ResultOf<E> = E extends { reply: infer R } ? (R extends z.ZodType ? z.input<R> : void) : never;

/** What a handler gets: checked values, and who asks where the endpoint wants to know. */
export interface Call<N extends EndpointName> {
  readonly params: Readonly<Record<string, string>>;
  readonly body: BodyOf<Table[N]>;
  readonly query: QueryOf<Table[N]>;
  readonly user: Table[N]['auth'] extends true ? Principal : undefined;
  readonly req: Request;
  readonly res: Response;
}
export type Handler<N extends EndpointName> = (call: Call<N>) => Promise<ResultOf<Table[N]>>;
export type Handlers = { readonly [N in EndpointName]: Handler<N> };

/** Binds a handler to its endpoint: who asks, what is asked, the status of the reply. */
export function bind<N extends EndpointName>(router: Router, name: N, handler: Handler<N>): void {
  const endpoint: Endpoint = ENDPOINTS[name];
  const steps: RequestHandler[] = [];
  if (endpoint.auth)
    steps.push((req, _res, next) => {
      requireUser(req);
      next();
    });
  if (!endpoint.auth) steps.push(arrivesSoon);
  if (endpoint.body && typeof endpoint.body === 'object') {
    const limit = endpoint.auth ? MAX_BODY : MAX_ANONYMOUS_BODY;
    // Whatever the content type says: old clients are careless, and nothing but JSON is taken here.
    steps.push(express.json({ limit, type: () => true, verify: refuseDepth }));
    steps.push(requireWhole);
  }
  steps.push(async (req, res) => {
    const call = {
      params: paramsOf(req),
      body: parsed(endpoint.body, req.body ?? {}),
      query: parsed(endpoint.query, req.query),
      user: endpoint.auth ? requireUser(req) : undefined,
      req,
      res,
    };
    const result = await handler(call as Call<N>);
    if (endpoint.reply === 'bytes') return;
    if (endpoint.reply === 'none') res.status(endpoint.status).end();
    else res.status(endpoint.status).type('json').send(toJson(result, call.user));
  });
  const method = endpoint.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
  router[method](endpoint.path, ...steps);
}

/** Everything a user sees is the user's own; it belongs to an id, and people know the name. What R said stays as it is. */
function toJson(result: unknown, user: Principal | undefined): string {
  if (!user || user.shown === user.name) return JSON.stringify(result);
  const named = (one: unknown): unknown =>
    isOwned(one) && one.owner === user.name ? { ...one, owner: user.shown } : one;
  return JSON.stringify(Array.isArray(result) ? result.map(named) : named(result));
}

const isOwned = (value: unknown): value is { readonly owner: unknown } =>
  typeof value === 'object' && value !== null && 'owner' in value;

/** What Express asks of a body before it is parsed. */
function refuseDepth(_req: unknown, _res: unknown, body: Uint8Array): void {
  if (isTooDeep(body)) throw Object.assign(new Error('too deep'), { type: TOO_DEEP });
}

/** Nobody holds connections by dribbling before it is known who they are. */
const arrivesSoon: RequestHandler = (req, res, next) => {
  const seconds = ANONYMOUS_SECONDS;
  const timer = setTimeout(() => {
    // All is here: it is the reply that takes its time.
    if (req.complete) return;
    res.set('Connection', 'close');
    next(new FarsideError('tooSlow', { seconds }));
  }, seconds * 1000);
  const arrived = (): void => clearTimeout(timer);
  req.once('end', arrived).once('close', arrived);
  res.once('finish', arrived);
  next();
};

/** The parser passes a request on whose connection broke before it looked, as one without a body. */
const requireWhole: RequestHandler = (req, _res, next) => {
  const hasBody =
    req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (hasBody && req.body === undefined)
    throw new FarsideError('badRequest', { reason: 'the body is not complete' });
  next();
};

/** A wildcard parameter comes as its parts. */
function paramsOf(req: Request): Record<string, string> {
  const params = Object.entries(req.params as Record<string, string | string[]>);
  return Object.fromEntries(params.map(([name, v]) => [name, typeof v === 'string' ? v : v.join('/')]));
}

function parsed(schema: Endpoint['body'], value: unknown): unknown {
  return typeof schema === 'object' ? schema.parse(value) : undefined;
}

/** Bound behind all endpoints: an address that is there, asked in another way. */
export function refuseMethods(router: Router, endpoints: readonly Pick<Endpoint, 'path' | 'method'>[]): void {
  for (const [path, of] of Map.groupBy(endpoints, (endpoint) => endpoint.path)) {
    const allowed = of.map(({ method }) => method).join(', ');
    router.all(path, (req, res, next) => {
      // Answered by Express from what is bound.
      if (req.method === 'OPTIONS') return next();
      res.set('Allow', allowed);
      throw new FarsideError('methodNotAllowed', { method: req.method, allowed });
    });
  }
}

/** For everything that is not in the table. */
export const notFound: RequestHandler = (req) => {
  throw new FarsideError('notFound', { what: `${req.method} ${req.path.slice(0, 200)}` });
};
