import type { Endpoint, EndpointName } from '@farside/protocol';
import type { z } from 'zod';
import { byStatus, errorsOf } from './errors.ts';
import type { Components, JsonSchema } from './schemas.ts';

const BYTES = 'application/octet-stream';
const JSON_TYPE = 'application/json';
const BINARY: JsonSchema = { type: 'string', format: 'binary' };

/** One endpoint of the table as an OpenAPI operation. */
export function operationOf(name: EndpointName, endpoint: Endpoint, components: Components): JsonSchema {
  const { summary, auth, body, query } = endpoint;
  return {
    operationId: name,
    summary,
    tags: [tagOf(endpoint.path)],
    parameters: [
      ...pathParameters(endpoint.path),
      ...(query ? queryParameters(query, components) : []),
      ...rangeOf(endpoint),
    ],
    ...(body && { requestBody: { required: true, content: contentOf(body, components) } }),
    responses: { ...successOf(endpoint, components), ...failuresOf(endpoint, components) },
    // Everything else is signed in by the document's own rule.
    ...(!auth && { security: [] }),
  };
}

/** `/a/:id/*path` as OpenAPI writes it. A wildcard's slashes stay: clients must not encode them. */
export const openApiPath = (path: string): string => path.replace(/[:*](\w+)/g, '{$1}');

function pathParameters(path: string): JsonSchema[] {
  return Array.from(path.matchAll(/([:*])(\w+)/g), ([, kind, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    ...(kind === '*' && { description: 'A relative path. Its slashes are sent as they are.' }),
  }));
}

function queryParameters(query: z.ZodType, components: Components): JsonSchema[] {
  const { properties = {}, required = [] } = components.schema(query) as {
    properties?: Record<string, JsonSchema>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }));
}

const rangeOf = ({ ranges }: Endpoint): JsonSchema[] =>
  ranges
    ? [{ name: 'Range', in: 'header', required: false, schema: { type: 'string' }, example: 'bytes=0-1023' }]
    : [];

function contentOf(body: NonNullable<Endpoint['body']>, components: Components): JsonSchema {
  if (body === 'bytes') return { [BYTES]: { schema: BINARY } };
  if (body !== 'multipart') return { [JSON_TYPE]: { schema: components.schema(body) } };
  const schema = { type: 'object', required: ['file'], properties: { file: BINARY } };
  return { 'multipart/form-data': { schema } };
}

function successOf(
  { status, reply, produces = [BYTES], ranges }: Endpoint,
  components: Components,
): JsonSchema {
  if (reply === 'none') return { [status]: { description: 'Done; no body.' } };
  if (reply !== 'bytes')
    return {
      [status]: { description: 'Done.', content: { [JSON_TYPE]: { schema: components.schema(reply) } } },
    };
  const content = Object.fromEntries(produces.map((type) => [type, { schema: BINARY }]));
  return {
    [status]: { description: 'The bytes.', content },
    ...(ranges && {
      206: { description: 'The part that was asked for; see `Content-Range`.', content },
      416: { description: 'There is no such part; `Content-Range` has the size.' },
    }),
  };
}

function failuresOf(endpoint: Endpoint, components: Components): JsonSchema {
  const content = { [JSON_TYPE]: { schema: components.error } };
  const failures = Array.from(byStatus(errorsOf(endpoint)), ([status, description]) => [
    String(status),
    { description, content },
  ]);
  return { ...Object.fromEntries(failures), default: { description: 'Any other failure.', content } };
}

export const TAGS = {
  'Sign-in': 'Tokens. An access token goes into `Authorization: Bearer …` of every other call.',
  Sessions: 'Sessions, their files and objects, as Machine Learning Server 9.3 had them.',
  Snapshots: 'Snapshots, as Machine Learning Server 9.3 had them.',
  Server: 'The server itself.',
  'Sessions (v2)': 'All that a session can do: state, journal, plots, files with sub-folders.',
  Jobs: 'Scripts with a worker of their own.',
  'Project folders': 'Working directories that follow a local project.',
  Uploads: 'Resumable uploads by the protocol tus 1.0.',
  Users: 'Accounts.',
} as const;

const TAG_OF: readonly (readonly [prefix: string, tag: keyof typeof TAGS])[] = [
  ['/login', 'Sign-in'],
  ['/sessions', 'Sessions'],
  ['/snapshots', 'Snapshots'],
  ['/v2/sessions', 'Sessions (v2)'],
  ['/v2/snapshots', 'Snapshots'],
  ['/v2/jobs', 'Jobs'],
  ['/v2/folders', 'Project folders'],
  ['/v2/uploads', 'Uploads'],
  ['/v2/users', 'Users'],
];
const tagOf = (path: string): string => TAG_OF.find(([prefix]) => path.startsWith(prefix))?.[1] ?? 'Server';
