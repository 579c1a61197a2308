/**
 * One thing that a person or a program can ask for, one a file: `operations/<noun>/<verb>.ts`, an object literal checked by `satisfies
 * Operation`. The command line, the HTTP API and the console are doors to it; what none of them does itself (reading the input, the
 * role, the transaction, the audit row, repeats) is `run.ts`. To add one: write the file, add it to `index.ts`.
 */
import type { Client } from '@temporalio/client';
import type { z } from 'zod';
import type { Json } from '../contracts/json.ts';
import type { Db } from '../db/connect.ts';

export const ROLES = ['viewer', 'labeller', 'editor', 'approver', 'admin'] as const;
/** What somebody may do in a project; each may do what those before it may. */
export type Role = (typeof ROLES)[number];

/** What doors decide by: only `reads` needs no confirmation for a program; `spends` pays for model calls. */
export type Effect = 'reads' | 'writes' | 'spends' | 'moves-production';

/** Who asks. */
export type Caller = { readonly who: string; readonly role: Role };

/** What operations work with; a door opens it once. */
export type Services = {
  readonly db: Db;
  readonly project: string;
  /** Opened when first asked for. @throws an error of kind `unavailable` where there is none */
  readonly temporal: () => Promise<Client>;
  /** Decides which conversations of a new project are sealed. */
  readonly salt?: string | undefined;
};

/** What the run of an operation is given; `db` is a transaction unless it only reads. */
export type Context = Services & { readonly who: string; readonly now: number };

/** The row that the audit gets: what it was done to, and what a reader wants to know of it. */
export type Audited = { readonly subject: string; readonly detail?: Json };

/* The input and output of an operation in a list are its own; `any` is what lets operations of every type stand in one. */
/* oxlint-disable typescript/no-explicit-any */
export type Operation<
  Input extends z.ZodObject = any,
  Output extends z.ZodType = any,
  Made = z.output<Output>,
> = {
  /** `noun.verb`: the words of the command line, the API's operationId, the name of an assistant's tool. */
  readonly name: `${string}.${string}`;
  /** One sentence for every door: help, OpenAPI, tools. */
  readonly says: string;
  /** The least role that may. */
  readonly role: Role;
  readonly effect: Effect;
  readonly input: Input;
  readonly output: Output;
  /** An input that passes the schema, for readers of the reference. */
  readonly example: z.input<Input>;
  /** `within`: what it calls writes its own row, in the same transaction. Absent for what only reads. */
  readonly audit?: 'within' | ((input: z.output<Input>, made: Made) => Audited);
  /** Its work in the database; with `after`, what that needs. */
  run(context: Context, input: z.output<Input>): Promise<Made>;
  /** What is told to workflows once the transaction is committed. Doing it again must change nothing: a repeat of a request does. */
  after?(context: Context, input: z.output<Input>, made: Made): Promise<z.output<Output>>;
};
/* oxlint-enable typescript/no-explicit-any */

export type InputOf<O extends Operation> = z.input<O['input']>;
export type MadeOf<O extends Operation> = Awaited<ReturnType<O['run']>>;
export type OutputOf<O extends Operation> = z.output<O['output']>;

export const onlyReads = ({ effect }: Operation): boolean => effect === 'reads';

export const mayDo = (has: Role, needs: Role): boolean =>
  ROLES.indexOf(has) >= ROLES.indexOf(needs);

/** The path of an operation in the HTTP API: `/cycle/start`. */
export const pathOf = ({ name }: Operation): string => `/${name.replaceAll('.', '/')}`;
