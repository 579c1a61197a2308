import type { JudgeDefinition, Snapshot } from '../contracts/judge.ts';
import type { Json } from '../contracts/json.ts';
import type { AlignPolicy, CycleSpec } from '../contracts/spec.ts';
import type { Value } from '../contracts/value.ts';
import type { Db } from '../db/connect.ts';
import * as cycles from '../db/cycles.ts';
import * as engine from '../db/engine.ts';
import { getJudge } from '../db/judges.ts';
import { listLabels } from '../db/labels.ts';
import * as runs from '../db/runs.ts';
import { crossFit } from '../domain/align/cross-fit.ts';
import { embeddingText } from '../domain/align/embedding-text.ts';
import { buildSnapshots, type LabelledItem } from '../domain/align/snapshot.ts';
import { currentLabels, itemKey } from '../domain/label/consensus.ts';
import { agreementPlan } from '../domain/promote/folds.ts';
import { type ActivityDeps, type CycleRef, evaluateRun, prefixOf } from './deps.ts';
import { repliesOf } from './steps.ts';
import { fieldsOf, subjectsOf } from './subjects.ts';

export type Method = 'held-out' | 'cross-fitted';

/** A labelled item with what the judge tests need. */
export type TestedItem = LabelledItem & {
  readonly part: 'align-labels' | 'judge-test';
  readonly traceId: string;
  readonly base: Value | null;
};

/** What alignment works on, written down once: labels that come later change nothing of a cycle. */
type Input = {
  readonly method: Method;
  readonly items: readonly TestedItem[];
  /** By engine: items to learn from, and items to judge with what was learned. */
  readonly engines: Readonly<
    Record<string, { readonly learn: readonly string[]; readonly test: readonly string[] }>
  >;
};

export type Alignment = Input & {
  readonly definition: JudgeDefinition;
  readonly policy: AlignPolicy;
  readonly spec: CycleSpec;
  snapshotsOf(engine: string): readonly Snapshot[];
  snapshot(id: string): Snapshot;
  embed(
    deps: ActivityDeps,
    ids: readonly string[],
    pays: { readonly project: string; readonly cycle: string; readonly signal?: AbortSignal },
  ): Promise<ReadonlyMap<string, Float32Array>>;
};

export const ALIGN = 'align';
const INPUT = 'input';
const runOf = (ref: CycleRef): string => `${prefixOf(ref)}/${ALIGN}`;

/** Freezes the labels of the session as the input of alignment. Answers the names of the engines to run. */
export async function prepareAlign(
  { db }: ActivityDeps,
  ref: CycleRef,
): Promise<{ readonly engines: readonly string[] }> {
  const key = { project: ref.project, run: runOf(ref) };
  const stored = (await repliesOf(db, key))[INPUT];
  const input =
    stored === undefined
      ? await inputOf(db, ref)
      : ((stored as { ok: Json }).ok as unknown as Input);
  if (stored === undefined)
    await engine.saveReply(db, { ...key, ask: INPUT, reply: { ok: input as unknown as Json } });
  return { engines: Object.keys(input.engines) };
}

async function inputOf(db: Db, ref: CycleRef): Promise<Input> {
  const items = await testedItems(db, ref);
  const method = agreementPlan(items.filter((item) => item.part === 'judge-test').length);
  const names = items.map((item) => ({ item: itemKey(item), conversation: item.conversation }));
  if (method === 'held-out') {
    const keys = (part: string): string[] =>
      items.filter((item) => item.part === part).map(itemKey);
    const only = { learn: keys('align-labels'), test: keys('judge-test') };
    return { method, items, engines: { [ALIGN]: only } };
  }
  const folds = crossFit(names, prefixOf(ref)).map(
    ({ fold, train, test }) => [`${ALIGN}/fold-${fold + 1}`, { learn: train, test }] as const,
  );
  const all = { learn: names.map(({ item }) => item), test: [] };
  return { method, items, engines: { [ALIGN]: all, ...Object.fromEntries(folds) } };
}

/** The items of the cycle's sessions that have a label, by item. */
async function testedItems(db: Db, ref: CycleRef): Promise<TestedItem[]> {
  const { project } = ref;
  const rows = await runs.loadResults(db, { project, run: evaluateRun(ref) });
  const run = await runs.getRun(db, { project, run: evaluateRun(ref) });
  const labels = await listLabels(db, { project, name: run.primary.name });
  const inTime = currentLabels(labels.filter((label) => !label.late));
  const byItem = Map.groupBy(inTime, itemKey);
  const answered = rows.flatMap((row) =>
    row.outputs === null ? [] : [{ ...row, outputs: row.outputs, example: row.content }],
  );
  const subjects = await subjectsOf(db, { run, rows: answered, scorers: [run.primary] });
  return answered.flatMap((row, at) => {
    const { outputHash, part } = row;
    const example = row.example.id;
    if (outputHash === null) return [];
    const own = byItem.get(itemKey({ example, outputHash }));
    if (own === undefined || (part !== 'align-labels' && part !== 'judge-test')) return [];
    return [
      {
        example,
        outputHash,
        conversation: row.group,
        fields: fieldsOf(subjects[at]!),
        labels: own.map(({ rater, value, rationale }) => ({
          rater,
          value,
          rationale,
          example,
          outputHash,
          createdAt: '',
        })),
        part,
        traceId: row.traceId!,
        base: row.assessment?.value ?? null,
      },
    ];
  });
}

/** The frozen input of a cycle's alignment. */
export async function alignmentOf(db: Db, ref: CycleRef): Promise<Alignment> {
  const stored = (await repliesOf(db, { project: ref.project, run: runOf(ref) }))[INPUT];
  if (stored === undefined || !('ok' in stored))
    throw new Error(`${runOf(ref)}: alignment was not prepared`);
  const input = stored.ok as unknown as Input;
  const cycle = await cycles.getCycle(db, ref);
  const base = await getJudge(db, { project: ref.project, id: cycle.baseJudge });
  const { definition } = base;
  const byItem = new Map(input.items.map((item) => [itemKey(item), item]));
  const snapshotsOf = (name: string): readonly Snapshot[] =>
    buildSnapshots(
      definition,
      input.engines[name]!.learn.map((item) => byItem.get(item)!),
    ).snapshots;
  const all = new Map(
    Object.keys(input.engines).flatMap((name) => snapshotsOf(name).map((snap) => [snap.id, snap])),
  );
  return {
    ...input,
    definition,
    policy: cycle.spec.align,
    spec: cycle.spec,
    snapshotsOf,
    snapshot: (id) => all.get(id)!,
    async embed({ model, models }, ids, pays) {
      const name = cycle.spec.models.embedding ?? models.embedding;
      const texts = ids.map((id) => embeddingText(all.get(id)!.fields));
      const { vectors } = await model.embed(texts, { ...pays, model: name });
      return new Map(ids.map((id, i) => [id, vectors[i]!]));
    },
  };
}
