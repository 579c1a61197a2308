import { type Context, Hono } from 'hono';
import { refuse } from '../../contracts/invalid-input.ts';
import { project as projected } from '../../operations/fields.ts';
import { OPERATIONS } from '../../operations/index.ts';
import { onlyReads, type Operation, pathOf } from '../../operations/operation.ts';
import { runOperation } from '../../operations/run.ts';
import type { AppDeps } from '../app.ts';
import { placed } from '../failures.ts';
import { servicesOf } from '../services.ts';
import { readObject } from './body.ts';
import { openApi } from './openapi.ts';
import { inputOfQuery } from './query.ts';

const KEY_CHARACTERS = 200;
/** Whoever holds the token of the stack. */
const CALLER = { who: 'api', role: 'admin' } as const;

/** /api/v1: every operation at `/<noun>/<verb>`: GET with a query where it only reads, else POST with JSON. */
export function v1Routes(deps: AppDeps): Hono {
  const routes = new Hono();
  const services = servicesOf(deps);
  routes.get('/openapi.json', (context) => context.json(openApi()));
  for (const operation of OPERATIONS) {
    const reads = onlyReads(operation);
    routes.on(reads ? 'GET' : 'POST', pathOf(operation), async (context) => {
      const { input, fields } = reads ? asked(context, operation) : await sent(context);
      const key = reads ? undefined : keyOf(context);
      const answer = await runOperation(operation, services, { caller: CALLER, input, key }).catch(
        (error: unknown) => {
          throw placed(error, input);
        },
      );
      return context.json(projected(answer, fields) as never);
    });
  }
  return routes;
}

type Input = {
  readonly input: Readonly<Record<string, unknown>>;
  readonly fields: readonly string[];
};

function asked(context: Context, operation: Operation): Input {
  const query = new URL(context.req.url).searchParams;
  const fields = query.getAll('fields').flatMap((text) => text.split(',').filter(Boolean));
  query.delete('fields');
  return { input: inputOfQuery(operation, query), fields };
}

const sent = async (context: Context): Promise<Input> => ({
  input: await readObject(context),
  fields: [],
});

function keyOf(context: Context): string | undefined {
  const key = context.req.header('idempotency-key')?.trim();
  if (key === '' || (key?.length ?? 0) > KEY_CHARACTERS)
    refuse('idempotency-key', `has 1 to ${KEY_CHARACTERS} characters`);
  return key;
}
