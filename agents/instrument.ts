import { registerHooks } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** What an instrumentation package exports that we use. */
type Manual = { manuallyInstrument(module: unknown): void };
type Loaded = Readonly<Record<string, unknown>>;

type Library = {
  /** Module that is instrumented. */
  readonly module: string;
  /** Package of the ecosystem that does it. */
  readonly by: string;
  readonly turnOn: (library: Loaded, by: Loaded) => void;
};

const manually =
  (name: string) =>
  (library: Loaded, by: Loaded): void => {
    const Instrumentation = by[name] as new () => Manual;
    new Instrumentation().manuallyInstrument(library);
  };

const LIBRARIES: readonly Library[] = [
  {
    module: 'openai',
    by: '@arizeai/openinference-instrumentation-openai',
    turnOn: manually('OpenAIInstrumentation'),
  },
  {
    module: '@langchain/core/callbacks/manager',
    by: '@arizeai/openinference-instrumentation-langchain',
    turnOn: manually('LangChainInstrumentation'),
  },
  {
    module: 'ai',
    by: '@ai-sdk/otel',
    turnOn({ registerTelemetry }, { OpenTelemetry }) {
      const Integration = OpenTelemetry as new () => unknown;
      (registerTelemetry as (integration: unknown) => void)(new Integration());
    },
  },
];

export type Instrumented = {
  /** Modules whose calls leave spans from now on. */
  readonly on: readonly string[];
  /** What is installed without the package that instruments it. */
  readonly bare: readonly { readonly module: string; readonly by: string }[];
};

/** Turns on the instrumentations of the libraries that the project at these places has installed. */
export async function instrument(from: readonly string[]): Promise<Instrumented> {
  // Else LangChain ends its spans in a queue of the process, where the run they belong to is no longer known.
  process.env['LANGCHAIN_CALLBACKS_BACKGROUND'] ??= 'false';
  const on: string[] = [];
  const bare: { module: string; by: string }[] = [];
  for (const { module, by, turnOn } of LIBRARIES) {
    const library = await load(module, from);
    if (library === null) continue;
    const instrumentation = await load(by, from);
    if (instrumentation === null) bare.push({ module, by });
    else {
      turnOn(library, instrumentation);
      on.push(module);
    }
  }
  return { on, bare };
}

/** Where the user's own copies of the libraries are looked for, nearest first: the config, the program, the working folder. */
export const placesOf = (env: NodeJS.ProcessEnv, argv: readonly string[]): readonly string[] =>
  [env['ATTUNE_CONFIG'], argv[1], join(process.cwd(), 'index.js')]
    .filter((path): path is string => path !== undefined && path !== '')
    .map((path) => pathToFileURL(path).href);

const FROM = 'attune-from:';

/** The module as a file at one of these places would import it; null where none has it. */
async function load(module: string, from: readonly string[]): Promise<Loaded | null> {
  for (const parentURL of [...from, import.meta.url]) {
    const hooks = registerHooks({
      resolve: (specifier, context, next) =>
        specifier === `${FROM}${module}`
          ? next(module, { ...context, parentURL })
          : next(specifier, context),
    });
    try {
      return (await import(`${FROM}${module}`)) as Loaded;
    } catch (error) {
      if (!isMissing(error)) throw error;
    } finally {
      hooks.deregister();
    }
  }
  return null;
}

const MISSING = ['ERR_MODULE_NOT_FOUND', 'ERR_PACKAGE_PATH_NOT_EXPORTED'];

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && MISSING.includes(error.code as string);
