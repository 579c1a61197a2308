import { type Command, InvalidArgumentError, Option } from 'commander';
import type {
  Caller,
  InputOf,
  MadeOf,
  Operation,
  OutputOf,
  Services,
} from '../operations/operation.ts';
import { runOperation } from '../operations/run.ts';
import { fieldsOf, type JsonSchema, typesOf } from '../operations/schema.ts';
import { type Cli, verb } from './cli.ts';
import { collect } from './options.ts';

/** Whoever uses the machine: until people sign in, its owner. */
const callerOf = ({ env }: Cli): Caller => ({ who: env.user, role: 'admin' });

type Further<O extends Operation> = {
  /** Another than the command's own, named by what it was given. */
  readonly project?: string | undefined;
  readonly recorded?: (made: MadeOf<O>) => Promise<void>;
};

/** Runs an operation as this command's person. @throws what it throws, and UnreachableError | NoStackError */
export async function operate<O extends Operation>(
  cli: Cli,
  operation: O,
  input: InputOf<O>,
  { project, recorded }: Further<O> = {},
): Promise<OutputOf<O>> {
  const { connections, env } = cli;
  const services: Services = {
    db: await connections.database(),
    project: project ?? connections.project,
    temporal: () => connections.temporal(),
    salt: env.ATTUNE_SPLIT_SALT,
  };
  return runOperation(operation, services, {
    caller: callerOf(cli),
    input,
    ...(recorded !== undefined && { recorded }),
  });
}

const WHOLE_LIST = 500;

/** Every item of a list, page by page: what a person or a script reads at once. */
export async function operateAll<Item>(
  cli: Cli,
  operation: Operation,
  input: Readonly<Record<string, unknown>> = {},
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const asked = { ...input, limit: WHOLE_LIST, ...(cursor !== undefined && { cursor }) };
    const page = (await operate(cli, operation, asked)) as {
      readonly items: readonly Item[];
      readonly next: string | null;
    };
    items.push(...page.items);
    cursor = page.next;
  }
  return items;
}

type Derived = {
  /** Arguments by place, as commander writes them: `<name> <file>`. Fields of these names are no options. */
  readonly words?: string;
  /** Fields that the command fills itself, such as those of paging or what it reads from a file. */
  readonly without?: readonly string[];
};

/** The command of an operation: its words, its sentence, and an option for each field of its input. */
export function verbOf(
  parent: Command,
  operation: Operation,
  { words = '', without = [] }: Derived = {},
): Command {
  const own = operation.name.slice(operation.name.indexOf('.') + 1).replaceAll('.', ' ');
  const command = verb(parent, `${own} ${words}`.trim(), operation.says);
  const placed = [...words.matchAll(/[<[](\w+)/g)].map(([, name]) => name);
  const left = new Set([...placed, ...without, 'limit', 'cursor']);
  const required = requiredOf(operation);
  for (const [field, schema] of Object.entries(fieldsOf(operation)))
    if (!left.has(field)) command.addOption(optionOf(field, schema, required.has(field)));
  return command;
}

/** Fields that have to be given. */
function requiredOf({ input }: Operation): ReadonlySet<string> {
  const { shape } = input as {
    readonly shape: Readonly<Record<string, { isOptional(): boolean }>>;
  };
  return new Set(Object.keys(shape).filter((field) => shape[field]?.isOptional() === false));
}

function optionOf(field: string, schema: JsonSchema, mandatory: boolean): Option {
  const flag = `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const { description = '', enum: choices } = schema as {
    readonly description?: string;
    readonly enum?: readonly string[];
  };
  const types = typesOf(schema);
  const isNumber = types.includes('integer') || types.includes('number');
  if (types.length === 1 && types[0] === 'boolean') return new Option(flag, description);
  const option = new Option(`${flag} <${isNumber ? 'n' : 'text'}>`, description);
  if (choices !== undefined) option.choices(choices);
  if (isNumber) option.argParser(numberOf);
  if (types.includes('array'))
    option.argParser<string[]>((text, before) => collect(text, before ?? []));
  if ('default' in schema) option.default(schema['default']);
  return mandatory ? option.makeOptionMandatory() : option;
}

function numberOf(text: string): number {
  if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  throw new InvalidArgumentError('It must be a number.');
}

/** The options of a command without what only says how to print. */
export function inputOf<Given extends object>(given: Given): Omit<Given, 'json'> {
  const { json: _, ...input } = given as Given & { readonly json?: boolean };
  return input;
}
