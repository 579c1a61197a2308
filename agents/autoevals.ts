import { createRequire } from 'node:module';
import type { CodeVerdict, ScorerContext, ScorerSubject } from '../contracts/code-scorer.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { ChatMessage } from '../contracts/model.ts';

/** What a declaration of an autoevals scorer says, and the config file beside which the package is looked for. */
export type AutoevalsOptions = {
  readonly config: string;
  readonly scorer: string;
  /** Dotted paths into the subject, such as `inputs.question`. */
  readonly input: string;
  readonly output: string;
  readonly expected: string;
  readonly model: string | null;
  readonly args: JsonObject;
};

type Evaluated = {
  readonly score: number | null;
  readonly error?: unknown;
  readonly metadata?: { readonly rationale?: unknown };
};
type Evaluator = (args: object) => Promise<Evaluated>;

/** A name that autoevals knows nothing of: the model is the role `judge` unless the declaration names one. */
const MODEL = 'attune-judge';

/** A scorer of the package `autoevals` as a code scorer; its model calls go through the ledger. Exported by the name code scorers have. */
export async function scorer(
  subject: ScorerSubject,
  context: ScorerContext,
  options: AutoevalsOptions,
): Promise<CodeVerdict> {
  const evaluate = evaluatorOf(options);
  const { input, output, expected, args, model } = options;
  const result = await evaluate({
    ...args,
    input: valueAt(subject, input),
    output: valueAt(subject, output),
    expected: valueAt(subject, expected),
    model: MODEL,
    client: clientOver(context, model),
  });
  if (result.error instanceof Error) throw result.error;
  const rationale = result.metadata?.rationale;
  return {
    value: result.score,
    ...(typeof rationale === 'string' && { rationale }),
  };
}

function evaluatorOf({ config, scorer: name }: AutoevalsOptions): Evaluator {
  let library: Readonly<Record<string, unknown>>;
  try {
    library = createRequire(config)('autoevals') as typeof library;
  } catch (cause) {
    throw new Error('the package `autoevals` is not installed; run: npm install autoevals', {
      cause,
    });
  }
  const found = Object.hasOwn(library, name) ? library[name] : undefined;
  if (typeof found === 'function') return found as Evaluator;
  const known = Object.keys(library).filter((key) => /^[A-Z]/.test(key));
  throw new Error(`autoevals has no scorer \`${name}\`; it has ${known.join(', ')}`);
}

/** A text as it is, anything else as JSON; undefined where the path leads nowhere. */
function valueAt(subject: ScorerSubject, path: string): string | undefined {
  let at: unknown = subject;
  for (const key of path.split('.')) {
    if (at === null || typeof at !== 'object') return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  if (at === undefined || at === null) return undefined;
  return typeof at === 'string' ? at : JSON.stringify(at);
}

type Params = {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly JsonObject[];
  readonly tool_choice?: Json;
  readonly temperature?: number;
  readonly max_tokens?: number;
};

/** As much of an OpenAI client as autoevals uses, over the model of the worker. */
const clientOver = (context: ScorerContext, model: string | null) => ({
  chat: {
    completions: {
      async create({
        messages,
        tools,
        tool_choice: toolChoice,
        temperature,
        max_tokens: maxTokens,
      }: Params) {
        const { text, toolCalls, finishReason } = await context.complete({
          messages,
          ...(model !== null && { model }),
          ...(tools !== undefined && { tools }),
          ...(toolChoice !== undefined && { toolChoice }),
          ...(typeof temperature === 'number' && { temperature }),
          ...(typeof maxTokens === 'number' && { maxTokens }),
        });
        const message = {
          role: 'assistant',
          content: text,
          ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
        };
        return { choices: [{ index: 0, finish_reason: finishReason, message }] };
      },
    },
  },
});
