import { z } from 'zod';
import { endpoint } from './endpoint.ts';

/** The API described by the server itself. Nothing in it is secret. */
export const DOCS_ENDPOINTS = {
  apiDescription: endpoint({
    method: 'GET',
    path: '/v2/openapi.json',
    status: 200,
    auth: false,
    reply: z.looseObject({ openapi: z.string() }),
    summary: 'This API as an OpenAPI 3.1 document.',
  }),
  apiDocs: endpoint({
    method: 'GET',
    path: '/v2/docs',
    status: 200,
    auth: false,
    reply: 'bytes',
    produces: ['text/html'],
    summary: 'This API as a page to read and to try out, in a browser.',
  }),
  apiDocsPart: endpoint({
    method: 'GET',
    path: '/v2/docs/:part',
    status: 200,
    auth: false,
    reply: 'bytes',
    produces: ['text/javascript', 'text/css'],
    summary: 'A part of that page.',
    errors: ['notFound'],
  }),
} as const;
