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
import { createLimiter } from '../llm/limiter.ts';
import { createModel } from '../llm/model.ts';

const { values } = parseArgs({ options: { judge: { type: 'string' }, json: { type: 'boolean' } } });
const { OPENAI_BASE_URL, OPENAI_API_KEY = 'none', ATTUNE_MODEL, ATTUNE_MODEL_JUDGE } = process.env;
const name = ATTUNE_MODEL_JUDGE ?? ATTUNE_MODEL;
if (name === undefined) {
  console.error(
    'No model is configured: set ATTUNE_MODEL_JUDGE (or ATTUNE_MODEL), OPENAI_API_KEY and, for a server of your own, OPENAI_BASE_URL.',
  );
  process.exit(2);
}
const chosen = Object.values(BUILTIN_JUDGES).filter(
  ({ definition }) => values.judge === undefined || definition.name === values.judge,
);
if (chosen.length === 0) {
  console.error(
    `No built-in judge is named ${values.judge}; there are ${Object.keys(BUILTIN_JUDGES).join(', ')}.`,
  );
  process.exit(2);
}

/** Nothing is kept: a check asks the model anew. */
const nothingKept: ReplyStore = {
  claim: (keys) => Promise.resolve(Object.fromEntries(keys.map((key) => [key, { state: 'mine' }]))),
  store: () => Promise.resolve(),
  release: () => Promise.resolve(),
};
const model = createModel({
  endpoint: OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
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
    console.error(
      `${definition.name}, case ${n + 1}: ${error instanceof Error ? error.message : String(error)}`,
    );
    return 'error';
  }
}

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
