import { randomUUID } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import { canonical } from '../../contracts/canonical.ts';
import type { Label, LabelLine } from '../../contracts/label.ts';
import { writeAudits } from '../audit.ts';
import { json, jsonOrNull, plainText } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';
import { LabelError } from '../errors.ts';
import { type Asked, faultIn, judgesOf } from './fault.ts';
import { isLate, resolveTargets, type Target } from './target.ts';
import { tellTargets } from './threshold.ts';
import type { Database } from '../tables.ts';

export type RecordedLabel = {
  readonly label: Label;
  /** `unchanged`: the same label was there; `superseded`: it replaces another of its rater. */
  readonly state: 'created' | 'superseded' | 'unchanged';
};

export type LabelRequest = Asked & {
  /** Milliseconds since the epoch: a label after the deadline of its session is late. */
  readonly now: number;
  /** Who sent labels of others: the importing person, or the API. */
  readonly by?: string;
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
    const recorded = await recordTargeted(tx, request, targets);
    await audit(tx, request, recorded);
    return recorded;
  });
}

/** Who labelled, and through whom it came. */
async function audit(
  tx: Db,
  { project, by }: LabelRequest,
  recorded: readonly RecordedLabel[],
): Promise<void> {
  const changed = recorded.filter(({ state }) => state !== 'unchanged');
  const entries = changed.map(({ label: { rater: who, session, traceId, name, late } }) => ({
    who,
    action: 'label' as const,
    subject: session ?? traceId,
    detail: { trace: traceId, name, late, ...(by !== undefined && { by }) },
  }));
  await writeAudits(tx, project, entries);
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
      late: isLate(target, now),
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
  /** On the items of this session, whatever session they were given in. */
  readonly itemsOf?: string;
  readonly name?: string;
  /** True: also of sealed rows, which the check of a gate alone may read. */
  readonly sealed?: boolean;
};

/** Every label ever given, superseded and late ones too, by example, output, rater and time; none of a sealed row unless opened. */
export async function listLabels(
  db: Db,
  { project, session, itemsOf, name, sealed = false }: LabelSelection,
): Promise<readonly Label[]> {
  const rows = await db
    .selectFrom('label')
    .selectAll()
    .where('project', '=', project)
    .$if(!sealed, (query) => query.where(mayBeRead))
    .$if(session !== undefined, (query) => query.where('session', '=', session!))
    .$if(itemsOf !== undefined, (query) =>
      query.where(
        sql<boolean>`(example, output_hash) in (select i.example, i.output_hash from session_item i
          where i.project = ${project} and i.session = ${itemsOf})`,
      ),
    )
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
