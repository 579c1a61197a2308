import type { Context } from 'hono';
import { z } from 'zod';
import { isRecord } from '../../contracts/json.ts';
import { readJson } from '../../contracts/read-json.ts';
import { refuseNulIn } from '../access/nul.ts';
import { RequestError } from '../failures.ts';

/** The JSON of a request under a schema. @throws RequestError (400, 415) naming the field */
export async function readBody<T>(context: Context, schema: z.ZodType<T>): Promise<T> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/json\b/i.test(type))
    throw new RequestError({
      status: 415,
      kind: 'invalid',
      message: 'Send the body as JSON, with the header `content-type: application/json`.',
      at: 'content-type',
    });
  const body = parse(await context.req.text());
  refuseNulIn(body);
  const checked = schema.safeParse(body);
  if (checked.success) return checked.data;
  throw invalid(checked.error);
}

/** The JSON object of a request; its fields are whoever reads them to judge. @throws RequestError (400, 415) */
export async function readObject(context: Context): Promise<Record<string, unknown>> {
  const body = await readBody(context, z.unknown());
  if (isRecord(body)) return { ...body };
  throw new RequestError({
    status: 400,
    kind: 'invalid',
    message: 'Send one JSON object.',
    at: 'body',
  });
}

function parse(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RequestError({
      status: 400,
      kind: 'invalid',
      message: `The body is not JSON: ${reason}`,
      at: 'body',
    });
  }
}

/** The first fault, with its place: `2.value` is the field `value` of the third label. */
export function invalid(error: z.ZodError, index?: number): RequestError {
  const [issue] = error.issues;
  const keys = issue?.code === 'unrecognized_keys' ? issue.keys : [];
  const path = [
    ...(index === undefined ? [] : [index]),
    ...(issue?.path ?? []),
    ...keys.slice(0, 1),
  ];
  return new RequestError({
    status: 400,
    kind: 'invalid',
    message:
      keys.length > 0 ? `\`${keys[0]}\` is not a known field` : (issue?.message ?? 'invalid'),
    at: path.join('.') || 'body',
  });
}
