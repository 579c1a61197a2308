import { randomUUID } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { canonical } from '../contracts/canonical.ts';
import { THUMBS } from '../contracts/feedback.ts';
import type { JudgeDefinition } from '../contracts/judge.ts';
import type { Label, LabelLine } from '../contracts/label.ts';
import { kindOf } from '../contracts/scorer.ts';
import type { Value } from '../contracts/value.ts';
import { json, jsonOrNull, plainText } from './column.ts';
import { type Db, inTransaction } from './connect.ts';
import { LabelError } from './errors.ts';
import { listJudges } from './judges.ts';
import { resolveTargets, type Target } from './label-target.ts';
import { tellTargets } from './label-threshold.ts';
import type { Database } from './tables.ts';

export type RecordedLabel = {
  readonly label: Label;
  /** `unchanged`: the same label was there; `superseded`: it replaces another of its rater. */
  readonly state: 'created' | 'superseded' | 'unchanged';
};

export type LabelRequest = {
  readonly project: string;
  readonly lines: readonly LabelLine[];
  /** Milliseconds since the epoch: a label after the deadline of its session is late. */
  readonly now: number;
  /** Why a value is no answer to the judge's question; null when it is one. */
  readonly faultOf: (judge: JudgeDefinition, value: Value) => string | null;
};

/**
 * Records labels in order, all or none. Equal content changes nothing; another value or rationale of the same rater supersedes. Where
 * labels of a session reach its target, its cycle is told through the outbox, in the same transaction.
 * @throws LabelError with the place of the line
 */
export function recordLabels(db: Db, request: LabelRequest): Promise<readonly RecordedLabel[]> {
  const { project, lines } = request;
  return inTransaction(db, async (tx) => {
    await lockLabels(tx, project);
    const targets = await resolveTargets(tx, { project, lines });
    return recordTargeted(tx, request, targets);
  });
}

/** Records labels of outputs that are known already, one target a line. The caller holds the lock of `lockLabels`. */
export async function recordTargeted(
  tx: Db,
  request: LabelRequest,
  targets: readonly Target[],
): Promise<readonly RecordedLabel[]> {
  const { project, lines } = request;
  const judges = await judgesOf(tx, request, targets);
  const recorded: RecordedLabel[] = [];
  for (const [index, line] of lines.entries()) {
    const target = targets[index]!;
    const fault = await faultIn(tx, { ...request, line, judges });
    if (fault !== null) throw new LabelError(index, fault);
    recorded.push(await record(tx, { project, line, target, now: request.now }));
  }
  const touched = recorded.flatMap(({ label }) => (label.late ? [] : (label.session ?? [])));
  await tellTargets(tx, { project, sessions: [...new Set(touched)] });
  return recorded;
}

/** Labels of a project are written one request after another. */
export async function lockLabels(tx: Db, project: string): Promise<void> {
  const name = `labels of ${project}`;
  await sql`select pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(tx);
}

type Judges = Readonly<Record<string, JudgeDefinition>>;

/** Definitions by name: of the session's judge version where there is one, else the newest. */
async function judgesOf(
  tx: Db,
  request: LabelRequest,
  targets: readonly Target[],
): Promise<Judges> {
  const { project, lines } = request;
  const names = [...new Set(lines.map((line) => line.name))];
  const ids = [...new Set(targets.flatMap(({ session }) => session?.judgeVersion ?? []))];
  const rows = await tx
    .selectFrom('scorer_version')
    .select(['id', 'scorer', 'definition'])
    .where('project', '=', project)
    .where((eb) =>
      eb.or([
        eb('id', 'in', [...ids, '']),
        eb.and([eb('scorer', 'in', names), eb('kind', '=', 'version')]),
      ]),
    )
    .orderBy('number')
    .execute();
  const asked = rows.filter(({ id }) => ids.includes(id));
  const judges = [...rows, ...asked].flatMap(({ scorer, definition }) =>
    kindOf(definition) === 'judge' ? [[scorer, definition as JudgeDefinition] as const] : [],
  );
  return Object.fromEntries(judges);
}

async function faultIn(
  tx: Db,
  {
    project,
    faultOf,
    line,
    judges,
  }: LabelRequest & { readonly line: LabelLine; readonly judges: Judges },
): Promise<string | null> {
  const judge = judges[line.name];
  if (judge) return faultOf(judge, line.value);
  if (line.name === THUMBS)
    return typeof line.value === 'boolean' ? null : 'thumbs are true (up) or false (down)';
  const names = (await listJudges(tx, { project })).map(({ name }) => name);
  const known = [...new Set(names)].join(', ') || 'none';
  return `no judge is called \`${line.name}\`; a label is named after the judge whose question it answers (known: ${known})`;
}

type OneLabel = {
  readonly project: string;
  readonly line: LabelLine;
  readonly target: Target;
  readonly now: number;
};

async function record(tx: Db, { project, line, target, now }: OneLabel): Promise<RecordedLabel> {
  const { session, example, outputHash } = target;
  const rationale = line.rationale === undefined ? null : plainText(line.rationale);
  const extras = line.extras === undefined ? null : cleaned(line.extras);
  const before = await currentLabel(tx, { project, line, target });
  if (before && same(before, { value: line.value, rationale, extras }))
    return { label: before, state: 'unchanged' };
  const row = await tx
    .insertInto('label')
    .values({
      project,
      id: randomUUID(),
      name: line.name,
      rater: line.rater,
      trace: target.traceId,
      example,
      output_hash: outputHash,
      value: json(line.value),
      rationale,
      session: session?.id ?? null,
      late: session !== null && (session.closed || (session.deadline ?? Infinity) < now),
      supersedes: before?.id ?? null,
      extras: jsonOrNull(extras),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return { label: labelOf(row), state: before && !before.withdrawn ? 'superseded' : 'created' };
}

const cleaned = (extras: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(extras).map(([name, text]) => [name, plainText(text)]));

const same = (label: Label, next: Pick<Label, 'value' | 'rationale' | 'extras'>): boolean =>
  !label.withdrawn &&
  label.value === next.value &&
  label.rationale === next.rationale &&
  canonical(label.extras ?? {}) === canonical(next.extras ?? {});

/** Takes back what a rater said of an output; the history stays. False where there is nothing to take back. */
export async function withdrawLabel(
  tx: Db,
  of: {
    readonly project: string;
    readonly name: string;
    readonly rater: string;
    readonly target: Pick<Target, 'example' | 'outputHash'>;
    readonly late: boolean;
  },
): Promise<boolean> {
  const { project, target, late } = of;
  const before = await currentLabel(tx, { project, line: of, target });
  if (!before || before.withdrawn) return false;
  await tx
    .insertInto('label')
    .values({
      project,
      id: randomUUID(),
      name: before.name,
      rater: before.rater,
      trace: before.traceId,
      example: before.example,
      output_hash: before.outputHash,
      value: json(before.value),
      rationale: null,
      session: before.session,
      late,
      supersedes: before.id,
      withdrawn: true,
    })
    .execute();
  return true;
}

async function currentLabel(
  tx: Db,
  {
    project,
    line,
    target,
  }: {
    readonly project: string;
    readonly line: Pick<LabelLine, 'name' | 'rater'>;
    readonly target: Pick<Target, 'example' | 'outputHash'>;
  },
): Promise<Label | undefined> {
  const row = await tx
    .selectFrom('label')
    .selectAll()
    .where('project', '=', project)
    .where('name', '=', line.name)
    .where('rater', '=', line.rater)
    .where('example', '=', target.example)
    .where('output_hash', '=', target.outputHash)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && labelOf(row);
}

export type LabelSelection = {
  readonly project: string;
  readonly session?: string;
  readonly name?: string;
  /** True: also of sealed rows, which the check of a gate alone may read. */
  readonly sealed?: boolean;
};

/** Every label ever given, superseded and late ones too, by example, output, rater and time; none of a sealed row unless opened. */
export async function listLabels(
  db: Db,
  { project, session, name, sealed = false }: LabelSelection,
): Promise<readonly Label[]> {
  const rows = await db
    .selectFrom('label')
    .selectAll()
    .where('project', '=', project)
    .$if(!sealed, (query) => query.where(mayBeRead))
    .$if(session !== undefined, (query) => query.where('session', '=', session!))
    .$if(name !== undefined, (query) => query.where('name', '=', name!))
    .orderBy('example')
    .orderBy('output_hash')
    .orderBy('rater')
    .orderBy('seq')
    .execute();
  return rows.map(labelOf);
}

// Until their part is retired, labels of sealed rows are figures of the gate and nothing else: no list, no export, no alignment.
const mayBeRead = sql<boolean>`
  (not exists (select from label_session s where s.project = label.project and s.id = label.session and s.kind = 'check')
   or exists (select from example e join retirement t on t.project = e.project and t.conversation = e.conversation
     where e.project = label.project and e.id = label.example))`;

const labelOf = (row: Selectable<Database['label']>): Label => ({
  id: row.id,
  name: row.name,
  rater: row.rater,
  traceId: row.trace,
  example: row.example,
  outputHash: row.output_hash,
  value: row.value,
  rationale: row.rationale,
  session: row.session,
  late: row.late,
  withdrawn: row.withdrawn,
  extras: row.extras,
  createdAt: row.created_at.toISOString(),
});
