import { z } from 'zod';
import { role, type Role } from '../contracts/model.ts';

const text = z
  .string()
  .trim()
  .optional()
  .transform((value) => (value === '' ? undefined : value));

const httpAddress = text.pipe(
  z
    .url({ protocol: /^https?$/, error: 'must be an address such as http://127.0.0.1:8000/v1' })
    .optional(),
);

type PerRole<Name extends string> = `${Name}_${Uppercase<Role>}`;

/** A variable for each role, such as `OPENAI_BASE_URL_EMBEDDING`. */
const perRole = <Name extends string, Shape>(
  name: Name,
  shaped: Shape,
): Readonly<Record<PerRole<Name>, Shape>> =>
  Object.fromEntries(role.options.map((one) => [`${name}_${one.toUpperCase()}`, shaped])) as Record<
    PerRole<Name>,
    Shape
  >;

const shape = z.object({
  DATABASE_URL: z.string({
    error: 'DATABASE_URL is not set: run `npx attune up`, or set it to a PostgreSQL address',
  }),
  OPENAI_BASE_URL: httpAddress,
  OPENAI_API_KEY: text,
  ATTUNE_MODEL: text,
  ATTUNE_MODEL_AGENT: text,
  ATTUNE_MODEL_JUDGE: text,
  ATTUNE_MODEL_REFLECTION: text,
  ATTUNE_MODEL_EMBEDDING: text,
  ...perRole('OPENAI_BASE_URL', httpAddress),
  ...perRole('OPENAI_API_KEY', text),
  ATTUNE_CONCURRENCY: z.coerce.number().int().min(1).max(2_000).default(64),
  ATTUNE_CONFIG: z.string().default('attune.config.ts'),
  ATTUNE_PROJECT: z.string().default('default'),
  ATTUNE_WEBHOOK: text.pipe(z.url().optional()),
  ATTUNE_URL: text.pipe(z.url().optional()),
  ATTUNE_DATA: z.string().default('.attune'),
  TEMPORAL_ADDRESS: text,
  /** Ports that user code may not connect to, as a list; the stack sets it. */
  ATTUNE_CLOSED_PORTS: text,
});

export const LOCAL_EMBEDDER = 'local-ngram-512';

export type Endpoint = { readonly endpoint: string; readonly apiKey: string };

export type WorkerEnvironment = {
  readonly databaseUrl: string;
  readonly model: {
    readonly endpoint: string;
    readonly apiKey: string;
    readonly practice: boolean;
    /** Roles that are served elsewhere. */
    readonly own: Readonly<Partial<Record<Role, Endpoint>>>;
  };
  /** Model of each role, where neither spec nor judge names one. */
  readonly models: Readonly<Record<Role, string>>;
  readonly concurrency: number;
  readonly config: string;
  readonly project: string;
  readonly data: string;
  readonly webhook: string | null;
  /** Address of the server, for links. */
  readonly url: string | null;
  /** Ports that user code is kept from. */
  readonly closedPorts: readonly number[];
};

/** Reads the environment of a worker once. @throws an error that lists every fault. */
export function readEnvironment(env: NodeJS.ProcessEnv): WorkerEnvironment {
  const parsed = shape.safeParse(env);
  if (!parsed.success) throw new Error(`worker environment: ${z.prettifyError(parsed.error)}`);
  const given = parsed.data;
  const practice = given.ATTUNE_MODEL === undefined || given.ATTUNE_MODEL === 'practice';
  if (practice && given.OPENAI_BASE_URL === undefined)
    throw new Error(
      'worker environment: no model. Run `npx attune up` for the practice model, or set ATTUNE_MODEL with OPENAI_API_KEY or OPENAI_BASE_URL',
    );
  const model = given.ATTUNE_MODEL ?? 'practice';
  return {
    databaseUrl: given.DATABASE_URL,
    model: {
      endpoint: given.OPENAI_BASE_URL ?? OPENAI,
      apiKey: given.OPENAI_API_KEY ?? 'none',
      practice,
      own: practice ? {} : ownEndpoints(given),
    },
    models: {
      agent: given.ATTUNE_MODEL_AGENT ?? model,
      judge: given.ATTUNE_MODEL_JUDGE ?? model,
      reflection: given.ATTUNE_MODEL_REFLECTION ?? model,
      embedding: given.ATTUNE_MODEL_EMBEDDING ?? LOCAL_EMBEDDER,
    },
    concurrency: given.ATTUNE_CONCURRENCY,
    config: given.ATTUNE_CONFIG,
    project: given.ATTUNE_PROJECT,
    data: given.ATTUNE_DATA,
    webhook: given.ATTUNE_WEBHOOK ?? null,
    url: given.ATTUNE_URL?.replace(/\/+$/, '') ?? null,
    closedPorts: portsOf(given),
  };
}

const OPENAI = 'https://api.openai.com/v1';

/** A key goes only to the address it was given for: a role that is served by another host has its own key or none. */
function ownEndpoints(given: z.infer<typeof shape>): Partial<Record<Role, Endpoint>> {
  const main = given.OPENAI_BASE_URL ?? OPENAI;
  return Object.fromEntries(
    role.options.flatMap((one) => {
      const name = one.toUpperCase() as Uppercase<Role>;
      const [url, key] = [given[`OPENAI_BASE_URL_${name}`], given[`OPENAI_API_KEY_${name}`]];
      if (url === undefined && key === undefined) return [];
      const endpoint = url ?? main;
      const shared = new URL(endpoint).origin === new URL(main).origin;
      return [[one, { endpoint, apiKey: key ?? (shared ? given.OPENAI_API_KEY : null) ?? 'none' }]];
    }),
  );
}

const TEMPORAL_PORT = 7233;

/** The Temporal server lets anybody in who reaches it, unless it is given keys: so its port is closed wherever it is. */
function portsOf(given: z.infer<typeof shape>): readonly number[] {
  const address = /:(\d+)$/.exec(given.TEMPORAL_ADDRESS ?? '')?.[1] ?? TEMPORAL_PORT;
  const closed = given.ATTUNE_CLOSED_PORTS?.split(',') ?? [];
  return [...new Set([address, ...closed].map(Number).filter((port) => port > 0))];
}

/** What belongs to Attune, or opens its database or Temporal; which file declares the agents is no secret. */
const OURS = /^(DATABASE_URL|PG.*|ATTUNE_(?!CONFIG$).*|TEMPORAL_.*|OPENAI_API_KEY(_.*)?)$/;

/** The environment of user code: what belongs to Attune stays out of it. */
export function userEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OURS.test(name)));
}
