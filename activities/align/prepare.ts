import type { JudgeDefinition, Snapshot } from '../../contracts/judge.ts';
import type { JudgeVersion } from '../../contracts/scorer.ts';
import { TUNE_PARTS } from '../../contracts/part.ts';
import type { Json } from '../../contracts/json.ts';
import type { AlignPolicy } from '../../contracts/spec.ts';
import type { Label } from '../../contracts/label.ts';
import { type Adjudication, listAdjudications } from '../../db/labels/adjudications.ts';
import type { Db } from '../../db/connect.ts';
import type { JsonObject } from '../../contracts/json.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import * as datasets from '../../db/data/datasets.ts';
import * as engine from '../../db/engines/engine.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { labelledOutputs } from '../../db/labels/labelled.ts';
import { listLabels } from '../../db/labels/labels.ts';
import * as runs from '../../db/runs/runs.ts';
import { type AlignInput, alignInput, type TestedItem } from '../../domain/align/align-input.ts';
import { embeddingText } from '../../domain/align/embedding-text.ts';
import { buildSnapshots, decidedOf, frozenLabels } from '../../domain/align/snapshot.ts';
import { judgesSessions } from '../../domain/evaluate/not-applicable.ts';
import { itemKey, labelsInTime } from '../../domain/label/consensus.ts';
import { type ActivityDeps, type CycleRef, evaluateRun, modelsOf, prefixOf } from '../deps.ts';
import { repliesOf } from '../optimize/steps.ts';
import { fieldsOf, subjectsOf } from '../evaluate/subjects.ts';

export type Alignment = AlignInput & {
  readonly kind: cycles.CycleKind;
  readonly base: JudgeVersion;
  readonly definition: JudgeDefinition;
  readonly policy: AlignPolicy;
  readonly models: ReturnType<typeof modelsOf>;
  item(key: string): TestedItem;
  snapshotsOf(engine: string): readonly Snapshot[];
  snapshot(id: string): Snapshot;
  embed(
    deps: ActivityDeps,
    ids: readonly string[],
    pays: { readonly project: string; readonly cycle: string; readonly signal?: AbortSignal },
  ): Promise<ReadonlyMap<string, Float32Array>>;
};

const INPUT = 'input';

/** The labels that `attune judge align` took when it was called. */
const LABELS = 'labels';

const inputKey = (ref: CycleRef) => ({ project: ref.project, run: `${prefixOf(ref)}/align` });

export type Prepared = {
  /** Names of the engines to run. */
  readonly engines: readonly string[];
  readonly aligner: AlignPolicy['aligner'];
};

/** Freezes the labels that alignment works on. */
export async function prepareAlign(deps: ActivityDeps, ref: CycleRef): Promise<Prepared> {
  const { db } = deps;
  const key = inputKey(ref);
  const stored = await repliesOf(db, { ...key, asks: [INPUT] });
  if (stored[INPUT] === undefined) {
    const reply = { ok: (await inputOf(db, ref)) as unknown as Json };
    await engine.saveReply(db, { ...key, ask: INPUT, reply });
  }
  const { engines, policy } = await alignmentOf(deps, ref);
  return { engines: Object.keys(engines), aligner: policy.aligner };
}

async function inputOf(db: Db, ref: CycleRef): Promise<AlignInput> {
  const { baseJudge, kind } = await cycles.getCycle(db, ref);
  const base = await getJudge(db, { project: ref.project, id: baseJudge });
  const { definition } = base;
  if (kind !== 'align')
    return alignInput({ definition, items: await sessionItems(db, ref), salt: prefixOf(ref) });
  return alignInput({ definition, ...(await givenItems(db, ref, base)), salt: definition.name });
}

/** The items of the labels that an alignment on its own was given, with all that the judge looks at. */
async function givenItems(
  db: Db,
  ref: CycleRef,
  base: JudgeVersion,
): Promise<Pick<AlignInput, 'items' | 'leftOut'>> {
  const { project } = ref;
  const stored = (await repliesOf(db, { ...inputKey(ref), asks: [LABELS] }))[LABELS];
  if (stored === undefined || !('ok' in stored))
    throw new Error(`${ref.cycle}: no labels are stored`);
  const given = stored.ok as unknown as Pick<AlignInput, 'items' | 'leftOut'>;
  const { datasetVersion: version } = await cycles.getCycle(db, ref);
  const rows = await datasets.listExamples(db, { project, version, parts: TUNE_PARTS });
  const byId = new Map(rows.map((row) => [row.id, row]));
  const subjects = await subjectsOf(db, {
    run: { project, name: prefixOf(ref), datasetVersion: version },
    rows: given.items.map(({ example, fields, traceId }) => ({
      example: byId.get(example)!,
      outputs: fields['outputs'] as JsonObject,
      traceId,
    })),
    scorers: [base],
  });
  const items = given.items.map((item, at) => ({ ...item, fields: fieldsOf(subjects[at]!) }));
  if (!judgesSessions(base.definition)) return { ...given, items };
  const [ends, inner] = [true, false].map((last) =>
    items.filter((_, at) => subjects[at]!.last === last),
  );
  const left = { reason: NOT_THE_END, items: inner!.map(itemKey) };
  return { items: ends!, leftOut: [...given.leftOut, left] };
}

const NOT_THE_END =
  'rows that are not the last of their conversation: the judge judges a conversation once, at its last row';

/** The items of the cycle's sessions that have a label, by item. */
async function sessionItems(db: Db, ref: CycleRef): Promise<TestedItem[]> {
  const { project } = ref;
  const rows = await runs.loadResults(db, { project, run: evaluateRun(ref) });
  const run = await runs.getRun(db, { project, run: evaluateRun(ref) });
  const labels = await listLabels(db, { project, name: run.primary.name });
  const inTime = labelsInTime(labels);
  const byItem = Map.groupBy(inTime, itemKey);
  const decisions = await listAdjudications(db, { project, name: run.primary.name });
  const decided = new Map(decisions.map((row) => [itemKey(row), row]));
  const answered = rows.flatMap((row) =>
    row.outputs === null ? [] : [{ ...row, outputs: row.outputs, example: row.content }],
  );
  const subjects = await subjectsOf(db, { run, rows: answered, scorers: [run.primary] });
  const own = answered.flatMap((row, at) => {
    const { outputHash, part } = row;
    const example = row.example.id;
    if (outputHash === null) return [];
    const given = byItem.get(itemKey({ example, outputHash }));
    if (given === undefined || (part !== 'align-labels' && part !== 'judge-test')) return [];
    return [
      {
        example,
        outputHash,
        conversation: row.group,
        fields: fieldsOf(subjects[at]!),
        labels: frozenLabels(given),
        ...decidedOf(decided.get(itemKey({ example, outputHash }))),
        part,
        traceId: row.traceId!,
        base: row.assessment?.value ?? null,
      },
    ];
  });
  const here = new Set(answered.map(({ content, outputHash }) => `${content.id}#${outputHash}`));
  const others = new Map([...byItem].filter(([key]) => !here.has(key)));
  return [...own, ...(await earlierItems(db, { run, labels: others, decided }))];
}

type Earlier = {
  readonly run: runs.Run;
  readonly labels: ReadonlyMap<string, readonly Label[]>;
  readonly decided: ReadonlyMap<string, Adjudication>;
};

/** What people said of other outputs on rows of the cycle's data, in earlier rounds or sessions: it teaches and tests like the rest. */
async function earlierItems(db: Db, { run, labels, decided }: Earlier): Promise<TestedItem[]> {
  const { project, datasetVersion: version } = run;
  const refs = [...labels.values()].map((of) => {
    const { example, outputHash } = of[0]!;
    return { example, outputHash };
  });
  const { found } = await labelledOutputs(db, { project, version, refs });
  const rows = found.map(({ content, outputs, ...ref }) => {
    const given = labels.get(itemKey(ref))!;
    return { ...ref, content, outputs, traceId: given[0]!.traceId, given, key: itemKey(ref) };
  });
  const subjects = await subjectsOf(db, {
    run,
    rows: rows.map(({ content: example, outputs, traceId }) => ({ example, outputs, traceId })),
    scorers: [run.primary],
  });
  return rows.map(({ example, outputHash, content, given, traceId, key }, at) => ({
    example,
    outputHash,
    conversation: content.group,
    fields: fieldsOf(subjects[at]!),
    labels: frozenLabels(given),
    ...decidedOf(decided.get(key)),
    part: content.part as TestedItem['part'],
    traceId,
    base: null,
    earlier: true,
  }));
}

/** The frozen input of an alignment, read once a process. */
export function alignmentOf(deps: ActivityDeps, ref: CycleRef): Promise<Alignment> {
  return deps.alignments(`${ref.project}/${prefixOf(ref)}`, () => load(deps, ref));
}

async function load({ db, models: own }: ActivityDeps, ref: CycleRef): Promise<Alignment> {
  const key = inputKey(ref);
  const stored = (await repliesOf(db, { ...key, asks: [INPUT] }))[INPUT];
  if (stored === undefined || !('ok' in stored))
    throw new Error(`${key.run}: alignment was not prepared`);
  const input = stored.ok as unknown as AlignInput;
  const cycle = await cycles.getCycle(db, ref);
  const base = await getJudge(db, { project: ref.project, id: cycle.baseJudge });
  const { definition } = base;
  const models = modelsOf({ models: own }, cycle);
  const items = new Map(input.items.map((item) => [itemKey(item), item]));
  const lessons = Object.entries(input.engines).map(([name, { learn }]) => {
    const learned = learn.map((item) => items.get(item)!);
    return [name, buildSnapshots(definition, learned).snapshots] as const;
  });
  const snapshots = new Map(lessons);
  const embedded = new Map<string, Float32Array>();
  const all = new Map(lessons.flatMap(([, list]) => list.map((snap) => [snap.id, snap])));
  return {
    ...input,
    kind: cycle.kind,
    base,
    definition,
    policy: cycle.spec.align,
    models,
    item: (name) => items.get(name)!,
    snapshotsOf: (name) => snapshots.get(name)!,
    snapshot: (id) => all.get(id)!,
    async embed(deps, ids, pays) {
      const open = ids.filter((id) => !embedded.has(id));
      const texts = open.map((id) => embeddingText(all.get(id)!.fields));
      const { vectors } = await deps.model.embed(texts, { ...pays, model: models.embedding });
      open.forEach((id, i) => embedded.set(id, vectors[i]!));
      return new Map(ids.map((id) => [id, embedded.get(id)!]));
    },
  };
}
