import { hashText } from '../../contracts/hash.ts';
import type { Db } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import * as engine from '../../db/engines/engine.ts';
import type { RunRef } from '../../db/runs/runs.ts';
import { getTexts, putTexts } from '../../db/versions/texts.ts';
import { fieldsUsed } from '../../domain/evaluate/judge-fields.ts';
import type {
  OptimizeAsk,
  ReflectAnswer,
  ReflectAsk,
  Violation,
} from '../../domain/optimize/ask.ts';
import { checkProposal, proposalIn, reflectionPrompt } from '../../domain/optimize/reflect.ts';
import { outsideOfThinking } from '../../llm/thinking.ts';
import { alignmentOf } from '../align/prepare.ts';
import { type ActivityDeps, type CycleRef, modelsOf, optimizeRun, prefixOf } from '../deps.ts';
import { createFlusher } from '../flusher.ts';
import { itemsOf, judgeSearchRun } from '../align/search.ts';
import { endsTheRun, isInfrastructure } from '../model-faults.ts';
import { type Looked, recordsOf, type SubjectOf } from './records.ts';
import { repliesOf } from './steps.ts';

/** The replies are in the ledger by then: what a kill takes of these is read from there, not paid again. */
const FLUSH = { most: 20, waitMs: 10 } as const;

/** Tokens of a reflection prompt; records beyond it are cut evenly. */
const TOKENS = 24_000;

type Asked = {
  readonly ref: CycleRef;
  readonly turn: number;
  readonly asks: readonly string[];
  /** The engine of an alignment whose judge is rewritten; absent: the prompts of the agent are. */
  readonly engine?: string;
};
type Job = {
  readonly deps: ActivityDeps;
  readonly ref: CycleRef;
  readonly cycle: cycles.Cycle;
  readonly ask: ReflectAsk;
  /** Name of the search's run. */
  readonly run: string;
  /** The text that is to be improved. */
  readonly current: string;
  readonly looked: Looked;
  readonly signal: AbortSignal;
};

/** Answers the reflect asks of a turn, all at once; an answer that is stored is not asked for again. */
export async function reflect(
  deps: ActivityDeps,
  asked: Asked,
  signal: AbortSignal,
): Promise<void> {
  const { ref, turn } = asked;
  const run =
    asked.engine === undefined ? optimizeRun(ref) : judgeSearchRun({ ref, engine: asked.engine });
  const key = { project: ref.project, run };
  const [asks, answered, cycle, subjectOf] = await Promise.all([
    engine.getAsks(deps.db, { ...key, turn }),
    repliesOf(deps.db, { ...key, asks: asked.asks }),
    cycles.getCycle(deps.db, ref),
    subjects(deps, asked),
  ]);
  const open = (asks as unknown as readonly OptimizeAsk[]).filter(
    (ask): ask is ReflectAsk => ask.kind === 'reflect' && answered[ask.id] === undefined,
  );
  if (open.length === 0) return;
  const hashes = open.map(({ components, component }) => components[component]!);
  const [texts, looked] = await Promise.all([
    getTexts(deps.db, { project: ref.project, hashes }),
    recordsOf(deps.db, { ...key, asks: open, subjectOf }),
  ]);
  const flusher = createFlusher<Answered>({
    ...FLUSH,
    rows: open.length,
    write: (answers) => save(deps.db, key, answers),
  });
  await Promise.all(
    open.map(async (ask) => {
      const current = texts[ask.components[ask.component]!]!;
      const of = { deps, ref, cycle, ask, run, current, looked: looked.get(ask.id)!, signal };
      await flusher.add({ ask: ask.id, ...(await answerOf(of)) });
    }),
  );
}

type Answered = Proposed & { readonly ask: string };

const save = (db: Db, key: RunRef, answers: readonly Answered[]): Promise<void> =>
  db.transaction().execute(async (tx) => {
    const texts = answers.flatMap(({ text }) => text ?? []);
    await putTexts(tx, { project: key.project, texts });
    const replies = answers.map(({ ask, answer }) => ({ ask, reply: { ok: { ...answer } } }));
    await engine.saveReplies(tx, { ...key, replies });
  });

/** An agent answers inputs; a candidate judge was shown all that its instructions use. */
async function subjects(deps: ActivityDeps, { ref, engine: name }: Asked): Promise<SubjectOf> {
  if (name === undefined) return (row) => row.content.inputs;
  const alignment = await alignmentOf(deps, ref);
  const items = itemsOf(alignment, name);
  return ({ example }) => {
    const { fields } = items.get(example)!.item;
    return fieldsUsed(alignment.definition.instructions, fields);
  };
}

/** The answer, and the text that it names. */
type Proposed = { readonly answer: ReflectAnswer; readonly text?: string };

async function answerOf(job: Job): Promise<Proposed> {
  const { ask, current, looked } = job;
  const { spec } = job.cycle;
  if (spec.optimize.reflection === 'unchanged')
    return { answer: { textHash: ask.components[ask.component]!, length: current.length } };
  const text = await propose(job);
  if (typeof text !== 'string') return { answer: { violation: text } };
  const { maxLength } = spec.optimize;
  const violation = checkProposal({ text, current, examples: looked.examples, maxLength });
  if (violation !== null) return { answer: { violation } };
  return { answer: { textHash: hashText(text), length: text.length }, text };
}

async function propose({
  deps,
  ref,
  cycle,
  ask,
  run,
  current,
  looked,
  signal,
}: Job): Promise<string | Violation> {
  const prompt = reflectionPrompt({
    current,
    records: looked.records,
    tokenBudget: TOKENS,
    ...(ask.complaint === undefined ? {} : { complaint: ask.complaint }),
  });
  try {
    const completion = await deps.model.complete(
      {
        model: modelsOf(deps, cycle).reflection,
        messages: [{ role: 'user', content: prompt }],
      },
      {
        purpose: 'reflect',
        draw: `reflect|${run}|${ask.proposal}|${ask.attempt}`,
        project: ref.project,
        cycle: prefixOf(ref),
        signal,
      },
    );
    const { text, finishReason } = completion;
    if (finishReason === 'refusal' || finishReason === 'content_filter')
      return { kind: 'no-reply', detail: `The provider withheld the reply (${finishReason}).` };
    return proposalIn({ text: outsideOfThinking(text), cut: finishReason === 'length' });
  } catch (error) {
    if (isInfrastructure(error) || endsTheRun(error) || signal.aborted) throw error;
    const detail = error instanceof Error ? error.message : String(error);
    return { kind: 'no-reply', detail };
  }
}
