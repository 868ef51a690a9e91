import * as protocol from '@farside/protocol';
import { z } from 'zod';

export type JsonSchema = Record<string, unknown>;

/** Every schema that the protocol exports has its export's name in the document. */
const named = z.registry<{ id: string; description?: string }>();
for (const [id, value] of Object.entries(protocol))
  if (value instanceof z.ZodType)
    named.add(value, id === 'Json' ? { id, description: 'Any JSON value.' } : { id });

/** What every error reply is: the original's fields and our own. */
const ErrorReply = z.object({
  message: z.string().describe('What happened, why, and what to do.'),
  link: z.string().describe('Where the documentation has this error.'),
  exceptionType: z.string().describe('As `code`, under its name of the original.'),
  code: z.string().describe('Stable name of the error, for programs.'),
  fields: z.string().describe('The part of the request that was refused; empty when it is not one part.'),
  details: z
    .record(z.string(), z.union([z.string(), z.number()]))
    .describe('What is filled in in the message.'),
  retryable: z.boolean().describe('Whether the same request may succeed later.'),
}) satisfies z.ZodType<protocol.ErrorBody>;
named.add(ErrorReply, { id: 'Error' });

/** Turns zod schemas into JSON schemas that refer to shared ones, and gathers those. */
export class Components {
  readonly #schemas = new Map<string, JsonSchema>();

  get schemas(): Record<string, JsonSchema> {
    return Object.fromEntries([...this.#schemas].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  get error(): JsonSchema {
    return this.schema(ErrorReply);
  }

  schema(schema: z.ZodType): JsonSchema {
    // Inside an object, so that a schema that refers to itself is never the root of the document.
    const { properties, $defs = {} } = z.toJSONSchema(z.object({ schema }), {
      target: 'draft-2020-12',
      io: 'input',
      metadata: named,
      unrepresentable: 'any',
    });
    for (const [name, definition] of Object.entries($defs)) this.#add(name, definition);
    return withoutDefs(properties?.['schema']) as JsonSchema;
  }

  #add(name: string, definition: object): void {
    const { id: _id, ...schema } = withoutDefs(definition) as JsonSchema;
    const known = this.#schemas.get(name);
    if (known && JSON.stringify(known) !== JSON.stringify(schema))
      throw new Error(`Two schemas are called ${name}: export one under a name of its own.`);
    this.#schemas.set(name, schema);
  }
}

/** References lead to the document's shared schemas. */
function withoutDefs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDefs);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]) => [
    name,
    name === '$ref' && typeof part === 'string'
      ? part.replace('#/$defs/', '#/components/schemas/')
      : withoutDefs(part),
  ]);
  return Object.fromEntries(entries);
}
