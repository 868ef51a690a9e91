import { REPR_DIGEST } from '@farside/protocol';
import { byStatus } from './errors.ts';
import type { Components, JsonSchema } from './schemas.ts';

const header = (name: string, description: string, required = true): JsonSchema => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string' },
});
const VERSION = header('Tus-Resumable', 'Always `1.0.0`.');
const UPLOAD = { name: 'upload', in: 'path', required: true, schema: { type: 'string' } };

/** What the table says of `POST /v2/uploads` is half of tus: headers of the start, and going on with an upload. */
export function describeUploads(start: JsonSchema, components: Components): JsonSchema {
  const content = { 'application/json': { schema: components.error } };
  const failures = (...codes: Parameters<typeof byStatus>[0]): JsonSchema =>
    Object.fromEntries(
      Array.from(byStatus(codes), ([status, description]) => [String(status), { description, content }]),
    );
  const operation = (operationId: string, summary: string, more: JsonSchema): JsonSchema => ({
    operationId,
    summary,
    tags: start['tags'],
    ...more,
  });
  start['parameters'] = [
    VERSION,
    header('Upload-Length', 'Size of the file in bytes.'),
    header('Upload-Metadata', 'Names and base64 values, see above.'),
  ];
  // An upload may begin without its first bytes.
  start['requestBody'] = { ...(start['requestBody'] as JsonSchema), required: false };
  return {
    head: operation('uploadState', 'How much has arrived: `Upload-Offset`.', {
      parameters: [UPLOAD, VERSION],
      responses: {
        200: { description: 'See `Upload-Offset`.' },
        404: { description: 'There is no such upload.' },
      },
    }),
    patch: operation('continueUpload', 'The next bytes; with the last ones the file is put in place.', {
      parameters: [
        UPLOAD,
        VERSION,
        header('Upload-Offset', 'Where these bytes begin.'),
        header(REPR_DIGEST, 'With the last bytes, when no hash was announced: `sha-256=:<base64>:`.', false),
      ],
      requestBody: {
        required: true,
        content: { 'application/offset+octet-stream': { schema: { type: 'string', format: 'binary' } } },
      },
      responses: {
        204: { description: 'Taken; see `Upload-Offset`.' },
        409: { description: 'The bytes do not begin where the upload ends.' },
        ...failures(
          'badRequest',
          'badPath',
          'notSignedIn',
          'notFound',
          'fileConflict',
          'fileTooLarge',
          'uploadDamaged',
          'diskFull',
        ),
      },
    }),
    delete: operation('cancelUpload', 'Give an upload up.', {
      parameters: [UPLOAD, VERSION],
      responses: { 204: { description: 'Removed.' }, ...failures('notSignedIn', 'notFound') },
    }),
  };
}
