import type { z } from 'zod';
import { InvalidInputError, issuesOf } from '../contracts/invalid-input.ts';
import type { Json } from '../contracts/json.ts';
import { writeAudit } from '../db/audit.ts';
import { type Db, inTransaction } from '../db/connect.ts';
import { once } from '../db/idempotency.ts';
import { ensureProject } from '../db/projects.ts';
import { RoleError } from './errors.ts';
import {
  type Caller,
  type Context,
  type InputOf,
  type MadeOf,
  mayDo,
  onlyReads,
  type Operation,
  type OutputOf,
  type Services,
} from './operation.ts';

export type Asked<O extends Operation> = {
  readonly caller: Caller;
  readonly input: InputOf<O>;
  /** Of a request that may be sent again: its repeat gets the first answer and does nothing. */
  readonly key?: string | undefined;
  /** Told what is on record before a workflow hears of it: the place of an estimate. */
  readonly recorded?: (made: MadeOf<O>) => Promise<void>;
};

/**
 * Runs an operation for a caller: reads the input, checks the role, runs, and writes the audit row in the transaction of what it wrote.
 * @throws InvalidInputError | RoleError | KeyReusedError, and what the operation throws
 */
export async function runOperation<O extends Operation>(
  operation: O,
  services: Services,
  { caller, input: given, key, recorded }: Asked<O>,
): Promise<OutputOf<O>> {
  const { name, role } = operation;
  if (!mayDo(caller.role, role)) throw new RoleError(name, { has: caller.role, needs: role });
  const input = readInput(operation, given);
  const context: Context = { ...services, who: caller.who, now: Date.now() };
  const made = onlyReads(operation)
    ? ((await operation.run(context, input)) as Json)
    : await write({ operation, context, input, key });
  await recorded?.(made as MadeOf<O>);
  if (operation.after === undefined) return made as OutputOf<O>;
  return operation.after(context, input, made) as Promise<OutputOf<O>>;
}

/** The input of an operation. @throws InvalidInputError with every fault and its place */
export function readInput<O extends Operation>(operation: O, given: unknown): z.output<O['input']> {
  const read = (operation.input as z.ZodObject).safeParse(given);
  if (read.success) return read.data as z.output<O['input']>;
  const faults = issuesOf(read.error, operation.input).map(({ path, message }) => ({
    at: path.join('.') || 'input',
    message,
  }));
  throw new InvalidInputError(faults, remedyOf(operation));
}

const remedyOf = ({ name, input }: Operation): string =>
  `${name} takes: ${Object.keys((input as z.ZodObject).shape).join(', ') || 'nothing'}.`;

type Writing = {
  readonly operation: Operation;
  readonly context: Context;
  readonly input: unknown;
  readonly key: string | undefined;
};

async function write({ operation, context, input, key }: Writing): Promise<Json> {
  const { db, project, salt } = context;
  const work = async (tx: Db): Promise<Json> => {
    const made = (await operation.run({ ...context, db: tx }, input)) as Json;
    const { audit } = operation;
    if (typeof audit === 'function') {
      const { who } = context;
      await writeAudit(tx, { project, who, action: operation.name, ...audit(input, made) });
    }
    return made;
  };
  return inTransaction(db, async (tx) => {
    await ensureProject(tx, { project, salt });
    if (key === undefined) return work(tx);
    return once(tx, { project, key: `${operation.name} ${key}`, body: input }, work);
  });
}
