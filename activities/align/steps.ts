import type { Json } from '../../contracts/json.ts';
import type { CallContext, CompletionRequest } from '../../contracts/model.ts';
import type { Db } from '../../db/connect.ts';
import * as engine from '../../db/engines/engine.ts';
import {
  type AlignAsk,
  type AlignResult,
  type AlignState,
} from '../../domain/align/memalign-state.ts';
import { resumeAlignment, startAlignment } from '../../domain/align/memalign.ts';
import {
  readConsolidated,
  renderConsolidateRequest,
} from '../../domain/align/consolidate-prompt.ts';
import { readDistilled, renderDistillRequest } from '../../domain/align/distill-prompt.ts';
import { exampleBudget } from '../../domain/align/batches.ts';
import { ModelDeclinedError, ReplyFormatError } from '../../llm/errors.ts';
import { type Alignment, alignmentOf } from './prepare.ts';
import { type ActivityDeps, type CycleRef, prefixOf } from '../deps.ts';
import { endsTheRun, isInfrastructure } from '../model-faults.ts';
import { advance, repliesOf } from '../optimize/steps.ts';

/** Input limit that is assumed of a reflection model, in tokens. */
const REFLECTION_TOKENS = 64_000;

export type AlignStep = {
  readonly done: boolean;
  /** Why the alignment failed; null while it runs, and where it did not. */
  readonly failed: string | null;
  /** Ids of the asks to answer. */
  readonly asks: readonly string[];
};

type At = { readonly ref: CycleRef; readonly engine: string; readonly turn: number };

const keyOf = (at: Omit<At, 'turn'>) => ({
  project: at.ref.project,
  run: `${prefixOf(at.ref)}/${at.engine}`,
});

/** Advances one alignment by one turn. */
export async function stepAlign(deps: ActivityDeps, at: At): Promise<AlignStep> {
  const { db } = deps;
  const key = keyOf(at);
  const step = await advance(db, {
    ...key,
    turn: at.turn,
    take: async (before) => {
      if (before !== null)
        return resumeAlignment(before.state as unknown as AlignState, await repliesOf(db, key));
      const alignment = await alignmentOf(deps, at.ref);
      const previous = await earlierBatches(db, at);
      return startAlignment({
        snapshots: alignment.snapshotsOf(at.engine),
        policy: alignment.policy,
        reflectionInputLimitTokens: REFLECTION_TOKENS,
        ...(previous !== null && { previous }),
      });
    },
  });
  const result = step.result as unknown as AlignResult | null;
  return {
    done: step.done,
    failed: result?.kind === 'failed' ? result.reason : null,
    asks: (step.asks as unknown as readonly AlignAsk[]).map((ask) => ask.id),
  };
}

/** The batches of the last alignment of this name: what did not change since is the same request, and its reply is stored. */
async function earlierBatches(db: Db, at: At): Promise<AlignState['batches'] | null> {
  for (let number = at.ref.number - 1; number > 0; number -= 1) {
    const last = await engine.lastStep(db, keyOf({ ...at, ref: { ...at.ref, number } }));
    if (last !== null) return (last.state as unknown as AlignState).batches;
  }
  return null;
}

/**
 * Answers one ask of an alignment; an answer that is stored is not asked for again. A model that gives no usable reply is an
 * answer too: the alignment then fails, with its words.
 */
export async function answerAlign(
  deps: ActivityDeps,
  at: At & { readonly ask: string },
  signal: AbortSignal,
): Promise<void> {
  const { db } = deps;
  const key = keyOf(at);
  const replies = await repliesOf(db, { ...key, asks: [at.ask] });
  const ask = (await engine.getAsk(db, { ...key, ...at })) as unknown as AlignAsk | null;
  if (ask === null || replies[at.ask] !== undefined) return;
  const alignment = await alignmentOf(deps, at.ref);
  const reply = await replyOrFault({ deps, at, ask, alignment, signal });
  await engine.saveReply(db, { ...key, ask: ask.id, reply });
}

type Job = {
  readonly deps: ActivityDeps;
  readonly at: At;
  readonly ask: AlignAsk;
  readonly alignment: Alignment;
  readonly signal: AbortSignal;
};

async function replyOrFault(
  job: Job,
): Promise<{ readonly ok: Json } | { readonly unscored: string }> {
  try {
    return { ok: await replyTo(job) };
  } catch (error) {
    if (isInfrastructure(error) || endsTheRun(error) || job.signal.aborted) throw error;
    return { unscored: error instanceof Error ? error.message : String(error) };
  }
}

async function replyTo({ deps, at, ask, alignment, signal }: Job): Promise<Json> {
  const { ref } = at;
  const pays = { project: ref.project, cycle: prefixOf(ref), signal };
  // No cycle in the draw: a batch that is the same in a later alignment is found in the ledger.
  const draw = `distill|${alignment.definition.name}`;
  const context = { ...pays, purpose: 'distill', draw } as const;
  const model = alignment.models.reflection;
  switch (ask.kind) {
    case 'embed':
      // Vectors are kept by content; the judge version is built from them later.
      await alignment.embed(deps, ask.snapshots, pays);
      return null;
    case 'distill': {
      const snapshots = ask.snapshots.map((id) => alignment.snapshot(id));
      const request = renderDistillRequest({
        definition: alignment.definition,
        model,
        snapshots,
        exampleTokens: exampleBudget(REFLECTION_TOKENS),
      });
      return (await askUsable(deps, { request, context }, readDistilled)) as unknown as Json;
    }
    case 'consolidate': {
      const request = renderConsolidateRequest({ model, rules: ask.rules, most: ask.most });
      return (await askUsable(deps, { request, context }, readConsolidated)) as unknown as Json;
    }
  }
}

type Asking = { readonly request: CompletionRequest; readonly context: CallContext };

/** Replies that an earlier alignment could not use are read again, not paid again; only after them a new one is asked for. */
async function askUsable<T>(
  { model }: ActivityDeps,
  { request, context }: Asking,
  read: (json: Json) => T,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1)
    try {
      const draw = `${context.draw}|${attempt}`;
      return (await model.structured(request, { ...context, draw }, read)).value;
    } catch (error) {
      const unusable = error instanceof ReplyFormatError || error instanceof ModelDeclinedError;
      if (!unusable || !error.completion.fromLedger) throw error;
    }
}
