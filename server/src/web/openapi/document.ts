import { ENDPOINTS, type Endpoint, type EndpointName } from '@farside/protocol';
import { openApiPath, operationOf, TAGS } from './operation.ts';
import { Components, type JsonSchema } from './schemas.ts';
import { describeUploads } from './uploads.ts';

const DESCRIPTION = `Run R on this server: sessions, files, objects, plots, jobs.

The paths without \`/v2\` are the operationalization API of Machine Learning Server 9.3, for clients that were written for it.
Sign in with \`POST /login\`, press **Authorize** and paste the \`access_token\`. Errors are JSON with a stable \`code\`.`;

/** The whole REST API as an OpenAPI 3.1 document, made from the table of endpoints. */
export function openApiDocument(version: string): JsonSchema & { openapi: string } {
  const components = new Components();
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const [name, endpoint] of Object.entries(ENDPOINTS) as [EndpointName, Endpoint][]) {
    const path = openApiPath(endpoint.path);
    const operation = operationOf(name, endpoint, components);
    (paths[path] ??= {})[endpoint.method.toLowerCase()] = operation;
    if (name === 'uploads')
      paths[`${path}/{upload}`] = describeUploads(operation, components) as Record<string, JsonSchema>;
  }
  const used = new Set(
    Object.values(paths).flatMap((of) => Object.values(of).flatMap((o) => o['tags'] as string[])),
  );
  const tags = Object.entries(TAGS).filter(([name]) => used.has(name));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Farside',
      version,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Relative to the address of this document: right at every sub-path.
    servers: [{ url: '..', description: 'This server' }],
    tags: tags.map(([name, description]) => ({ name, description })),
    security: [{ bearer: [] }],
    paths,
    components: {
      schemas: components.schemas,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: '`access_token` of `POST /login`.',
        },
      },
    },
  };
}
