import { FAILURES } from '../../contracts/failure.ts';
import { OPERATIONS } from '../../operations/index.ts';
import { onlyReads, type Operation, pathOf } from '../../operations/operation.ts';
import { fieldsOf, type JsonSchema, schemaOf } from '../../operations/schema.ts';

export const PREFIX = '/api/v1';

/** The OpenAPI 3.1 document of /api/v1, all of it derived from the list of operations. */
export function openApi(): JsonSchema {
  const schemas: Record<string, JsonSchema> = { Error: ERROR };
  const paths = OPERATIONS.map((operation) => [
    PREFIX + pathOf(operation),
    { [onlyReads(operation) ? 'get' : 'post']: entryOf(operation, schemas) },
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Attune',
      version: '1',
      description: 'Everything that can be asked of a project; the command line asks the same.',
    },
    security: [{ token: [] }],
    paths: Object.fromEntries(paths) as JsonSchema,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas,
    },
  };
}

const ERROR = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['kind', 'message', 'at'],
      properties: {
        kind: { enum: Object.keys(FAILURES) },
        message: { type: 'string' },
        at: { type: ['string', 'null'], description: 'the field, or where in it' },
      },
    },
  },
};

const refusals = (): JsonSchema =>
  Object.fromEntries(
    [...new Set(Object.values(FAILURES).map(({ status }) => status))].map((status) => [
      String(status),
      {
        description: Object.entries(FAILURES)
          .flatMap(([kind, row]) => (row.status === status ? [kind] : []))
          .join(' or '),
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      },
    ]),
  );

function entryOf(operation: Operation, schemas: Record<string, JsonSchema>): JsonSchema {
  const { name, says, role, effect } = operation;
  return {
    operationId: name,
    summary: says,
    tags: [name.split('.')[0]],
    'x-role': role,
    'x-effect': effect,
    ...(onlyReads(operation)
      ? { parameters: parametersOf(operation, schemas) }
      : bodyOf(operation, schemas)),
    responses: {
      '200': {
        description: 'what it answers',
        content: { 'application/json': { schema: lifted(operation, 'output', schemas) } },
      },
      ...refusals(),
    },
  };
}

function parametersOf(operation: Operation, schemas: Record<string, JsonSchema>): unknown {
  const { required = [] } = schemaOf(operation, 'input') as { readonly required?: string[] };
  const whole = lifted(operation, 'input', schemas) as { readonly properties?: JsonSchema };
  const own = Object.keys(fieldsOf(operation)).map((field) => {
    const schema = whole.properties?.[field] as JsonSchema;
    const { description } = schema as { readonly description?: string };
    return { name: field, in: 'query', required: required.includes(field), description, schema };
  });
  const fields = {
    name: 'fields',
    in: 'query',
    required: false,
    description: 'fields of the answer, or of its items, parted by commas; default: all',
    schema: { type: 'string' },
  };
  return [...own, fields];
}

const bodyOf = (operation: Operation, schemas: Record<string, JsonSchema>): JsonSchema => ({
  parameters: [
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description: 'the repeat of a request under its key gets the first answer and does nothing',
      schema: { type: 'string' },
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/json': {
        schema: lifted(operation, 'input', schemas),
        example: operation.example as unknown,
      },
    },
  },
});

/** A schema whose own definitions stand among the components of the document, where its references then point. */
function lifted(
  operation: Operation,
  side: 'input' | 'output',
  schemas: Record<string, JsonSchema>,
): JsonSchema {
  const prefix = `${operation.name}.${side}.`;
  const { $defs = {}, ...schema } = JSON.parse(
    JSON.stringify(schemaOf(operation, side)).replaceAll(
      '"#/$defs/',
      `"#/components/schemas/${prefix}`,
    ),
  ) as JsonSchema & { readonly $defs?: Record<string, JsonSchema> };
  for (const [key, value] of Object.entries($defs)) schemas[prefix + key] = value;
  return schema;
}
