import type { Server } from '@tus/server';
import type { Request as NodeRequest, Response as NodeResponse } from 'express';
import { movingBytes } from '../../runtime/externalMemory.ts';
import { largeParts } from './largeParts.ts';

const WITH_BODY = new Set(['POST', 'PATCH']);

const origins = new WeakMap<object, NodeRequest>();

/** Node's request behind the one that tus hands on. */
export const originOf = (request: object): NodeRequest | undefined => origins.get(request);

/**
 * Has tus answer a request. By its own way through Node's streams an upload takes half as long again. It is not told
 * that a connection breaks: the body ends there, and what has come is kept.
 */
export async function answerTus(tus: Server, req: NodeRequest, res: NodeResponse): Promise<void> {
  const body = WITH_BODY.has(req.method) ? largeParts(req) : undefined;
  const request = new Request(new URL(req.originalUrl, 'http://localhost'), {
    method: req.method,
    headers: headersOf(req),
    ...(body && { body: body.stream, duplex: 'half' }),
  });
  origins.set(request, req);
  try {
    const answer = await (body ? movingBytes(() => tus.handleWeb(request)) : tus.handleWeb(request));
    const text = await answer.text();
    res.writeHead(answer.status, Object.fromEntries(answer.headers)).end(text);
  } finally {
    body?.drop();
  }
}

function headersOf({ headersDistinct }: NodeRequest): [string, string][] {
  return Object.entries(headersDistinct).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, string] => [name, value]),
  );
}
