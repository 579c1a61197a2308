/** `npm run judges:check [-- --judge NAME]`: the cases of the built-in judges on a configured model, a confusion matrix for each. */
import { parseArgs } from 'node:util';
import type { CallContext } from '../contracts/model.ts';
import type { ReplyStore } from '../contracts/reply-store.ts';
import {
  caseRequest,
  type Confusion,
  confusionOf,
  type Found,
  foundBy,
  OUTCOMES,
} from '../domain/evaluate/builtin/check.ts';
import { BUILTIN_JUDGES } from '../domain/evaluate/builtin/index.ts';
import type { BuiltinJudge, JudgeCase } from '../domain/evaluate/builtin/judge.ts';
import { readVerdict } from '../domain/evaluate/judge-reply.ts';
import { ModelError, ModelDeclinedError, ReplyFormatError } from '../llm/errors.ts';
import { createLimiter } from '../llm/limiter.ts';
import { createModel } from '../llm/model.ts';
import { shownEndpoint } from '../llm/openai/error.ts';

const { values } = parseArgs({ options: { judge: { type: 'string' }, json: { type: 'boolean' } } });
const { OPENAI_BASE_URL, OPENAI_API_KEY = 'none', ATTUNE_MODEL, ATTUNE_MODEL_JUDGE } = process.env;
const name = ATTUNE_MODEL_JUDGE ?? ATTUNE_MODEL;
if (name === undefined || name === '')
  refuse(
    'No model is configured: set ATTUNE_MODEL_JUDGE (or ATTUNE_MODEL), OPENAI_API_KEY and, for a server of your own, OPENAI_BASE_URL.',
  );
if (name.startsWith('practice') && OPENAI_BASE_URL === undefined)
  refuse(
    `${name} knows nothing of these questions: name a real model. To see the machinery work, start it with \`node practice/main.ts\` and set OPENAI_BASE_URL to its address.`,
  );
if (OPENAI_BASE_URL !== undefined && !URL.canParse(OPENAI_BASE_URL))
  refuse(
    `OPENAI_BASE_URL is no address: ${OPENAI_BASE_URL}. Write it as http://127.0.0.1:8000/v1.`,
  );
const chosen = Object.values(BUILTIN_JUDGES).filter(
  ({ definition }) => values.judge === undefined || definition.name === values.judge,
);
if (chosen.length === 0)
  refuse(
    `No built-in judge is named ${values.judge}; there are ${Object.keys(BUILTIN_JUDGES).join(', ')}.`,
  );
const endpoint = OPENAI_BASE_URL ?? 'https://api.openai.com/v1';
const asked = chosen.flatMap((judge) => judge.cases.filter((at) => caseRequest(judge, at, name)));
console.error(
  `${asked.length} cases of ${chosen.length} judges on ${name} at ${shownEndpoint(endpoint)}; a reply that cannot be read is asked for once more.`,
);

function refuse(message: string): never {
  console.error(message);
  process.exit(2);
}

/** A model that cannot be asked would fail every case alike. */
function giveUp(error: ModelError): never {
  console.error(`${error.message} Nothing was measured.`);
  process.exit(error.retryable ? 1 : 2);
}

/** Nothing is kept: a check asks the model anew. */
const nothingKept: ReplyStore = {
  claim: (keys) => Promise.resolve(Object.fromEntries(keys.map((key) => [key, { state: 'mine' }]))),
  store: () => Promise.resolve(),
  release: () => Promise.resolve(),
};
const model = createModel({
  endpoint,
  apiKey: OPENAI_API_KEY,
  replies: nothingKept,
  limiter: createLimiter({ concurrency: 16 }),
});
let spent = 0;

async function found(judge: BuiltinJudge, at: JudgeCase, n: number): Promise<Found> {
  const request = caseRequest(judge, at, name!);
  if (request === null) return 'not applicable';
  const { definition } = judge;
  const draw = `check|${definition.name}|${n}`;
  const context: CallContext = { purpose: 'judge', draw, project: 'check', cycle: null };
  try {
    const reply = await model.structured(request, context, (json) => readVerdict(json, definition));
    spent += reply.completion.price;
    return foundBy(reply.value);
  } catch (error) {
    if (error instanceof ModelError && !isReply(error)) giveUp(error);
    console.error(
      `${definition.name}, case ${n + 1}: ${error instanceof Error ? error.message : String(error)}`,
    );
    return 'error';
  }
}

/** The model did answer, with nothing that could be used. */
const isReply = (error: ModelError): boolean =>
  error instanceof ReplyFormatError || error instanceof ModelDeclinedError;

const tables: Record<string, Confusion> = {};
for (const judge of chosen) {
  const pairs = await Promise.all(
    judge.cases.map(async (at, n) => ({ expect: at.expect, found: await found(judge, at, n) })),
  );
  const confusion = confusionOf(pairs);
  tables[judge.definition.name] = confusion;
  if (values.json !== true)
    print(
      judge.definition.name,
      confusion,
      pairs.filter((at) => at.expect === at.found).length / pairs.length,
    );
}
console.log(
  values.json === true
    ? JSON.stringify({ model: name, usd: spent, judges: tables })
    : `\n${name}, ${spent.toFixed(4)} USD. A dozen cases show that a judge works on a model, not how good it is.`,
);

function print(judge: string, confusion: Confusion, share: number): void {
  console.log(`\n${judge}: ${(100 * share).toFixed(0)} % of its cases as expected`);
  console.log(
    `  ${'expected'.padEnd(16)}${[...OUTCOMES, 'error'].map((at) => at.padStart(16)).join('')}`,
  );
  for (const expect of OUTCOMES) {
    const row = confusion[expect];
    const cells = [...OUTCOMES, 'error' as const].map((at) => String(row[at]).padStart(16));
    console.log(`  ${expect.padEnd(16)}${cells.join('')}`);
  }
}
