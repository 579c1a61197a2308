import type { Selectable } from 'kysely';
import type { AliasMove } from '../../contracts/prompt.ts';
import { changedVariables } from '../../contracts/template.ts';
import { type Db, inTransaction } from '../connect.ts';
import { type Cycle, cycleKey, type CycleRef } from '../cycles/cycles.ts';
import { AliasMovedError, NoPredecessorError, VariablesChangedError } from '../errors.ts';
import { getPrompt } from './prompts.ts';
import type { Database } from '../tables.ts';

export type AliasRef = {
  readonly project: string;
  readonly prompt: string;
  readonly alias: string;
};

export type AliasChange = AliasRef & {
  /** Where the alias must stand now; null: nowhere. */
  readonly expected: number | null;
  readonly to: number;
  readonly who: string;
  readonly why: string;
  readonly cycle?: string | null;
  readonly evidence?: string | null;
  /** The agent was changed and fills other template variables than where the alias stands; else they must be the same. */
  readonly otherVariables?: boolean;
};

/**
 * Moves an alias by compare-and-set, with its history row: marked as an override for ever unless the gate of its cycle said promote.
 * A repeat by the same cycle on the same evidence finds its own move.
 * @throws AliasMovedError | NotFoundError | VariablesChangedError
 */
export async function moveAlias(db: Db, change: AliasChange): Promise<AliasMove> {
  const [moved] = await moveAliases(db, [change]);
  return moved!;
}

/** Moves several aliases together or none. @throws AliasMovedError | NotFoundError | VariablesChangedError */
export function moveAliases(
  db: Db,
  changes: readonly AliasChange[],
): Promise<readonly AliasMove[]> {
  // In one order for all, so that two who move the same aliases cannot wait for each other.
  const ordered = changes.toSorted((a, b) => (a.prompt < b.prompt ? -1 : 1));
  return inTransaction(db, async (tx) => {
    const moved: AliasMove[] = [];
    for (const change of ordered) moved.push(await move(tx, { ...change, rollback: false }));
    return moved;
  });
}

type Rollback = AliasRef & {
  readonly who: string;
  readonly why: string;
  /** Where the alias must stand now; absent: wherever it does. */
  readonly expected?: number;
  readonly cycle?: string;
  readonly evidence?: string;
  readonly otherVariables?: boolean;
};

/** Returns to the version that stood before. @throws NoPredecessorError | AliasMovedError | VariablesChangedError */
export async function rollbackAlias(db: Db, at: Rollback): Promise<AliasMove> {
  const [moved] = await rollbackAliases(db, [at]);
  return moved!;
}

/** Returns several aliases together, or none, to the versions that stood before. @throws as `rollbackAlias` */
export function rollbackAliases(
  db: Db,
  aliases: readonly Rollback[],
): Promise<readonly AliasMove[]> {
  const ordered = aliases.toSorted((a, b) => (a.prompt < b.prompt ? -1 : 1));
  return inTransaction(db, async (tx) => {
    const moved: AliasMove[] = [];
    for (const at of ordered) {
      const expected = at.expected ?? (await standsAt(tx, at));
      const to = await predecessorOf(tx, at, expected);
      moved.push(await move(tx, { ...at, expected, to, rollback: true }));
    }
    return moved;
  });
}

/** What stood before the move that brought a version. @throws NoPredecessorError */
async function predecessorOf(tx: Db, at: AliasRef, number: number | null): Promise<number> {
  const arrival = await moves(tx, at)
    .where('to_number', '=', number ?? 0)
    .where('rollback', '=', false)
    .orderBy('seq', 'desc')
    .executeTakeFirst();
  if (arrival?.from_number == null) throw new NoPredecessorError(at.prompt, at.alias);
  return arrival.from_number;
}

/** Version number by alias; null where it is not set. */
export async function standsAt(db: Db, at: AliasRef): Promise<number | null> {
  const row = await db
    .selectFrom('prompt_alias')
    .select('number')
    .where('project', '=', at.project)
    .where('prompt', '=', at.prompt)
    .where('alias', '=', at.alias)
    .executeTakeFirst();
  return row?.number ?? null;
}

/** Whether a cycle has moved an alias to its finalist, by right; its prompts move together. */
export async function movedBy(
  db: Db,
  {
    alias,
    finalist,
    ...ref
  }: CycleRef & { readonly alias: string; readonly finalist: Cycle['finalist'] },
): Promise<boolean> {
  const [first] = Object.entries(finalist ?? {});
  if (first === undefined) return false;
  const [prompt, number] = first;
  const row = await moves(db, { project: ref.project, prompt, alias })
    .where('cycle', '=', cycleKey(ref))
    .where('to_number', '=', number)
    .where('rollback', '=', false)
    .where('override', '=', false)
    .executeTakeFirst();
  return row !== undefined;
}

/** Moves of an alias, oldest first. */
export async function aliasHistory(db: Db, at: AliasRef): Promise<readonly AliasMove[]> {
  return (await moves(db, at).orderBy('seq').execute()).map(moveOf);
}

async function move(
  tx: Db,
  change: AliasChange & { readonly rollback: boolean },
): Promise<AliasMove> {
  const { project, prompt, alias, expected, to } = change;
  const after = await getPrompt(tx, { project, reference: `${prompt}@${to}` });
  if (!(await compareAndSet(tx, change))) {
    const last = await moves(tx, change).orderBy('seq', 'desc').executeTakeFirst();
    const found = await standsAt(tx, change);
    if (last && found === to && isRepeat(last, change)) return moveOf(last);
    throw new AliasMovedError({ prompt, alias, expected, found });
  }
  if (expected !== null && change.otherVariables !== true) {
    const before = await getPrompt(tx, { project, reference: `${prompt}@${expected}` });
    const { lost, added } = changedVariables(before.variables, after.variables);
    if (lost.length + added.length > 0) throw new VariablesChangedError(change, { before, after });
  }
  const isOverride = expected !== null && !change.rollback && !(await gateSaid(tx, change));
  const row = await tx
    .insertInto('prompt_alias_move')
    .values({
      project,
      prompt,
      alias,
      from_number: expected,
      to_number: to,
      who: change.who,
      why: change.why,
      cycle: change.cycle ?? null,
      evidence: change.evidence ?? null,
      override: isOverride,
      rollback: change.rollback,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return moveOf(row);
}

/** Whether the gate of the named cycle, on the named evidence, said promote of this very version. */
async function gateSaid(
  tx: Db,
  { project, prompt, to, cycle, evidence }: AliasChange,
): Promise<boolean> {
  if (cycle == null || evidence == null) return false;
  const row = await tx
    .selectFrom('sealed_freeze as f')
    .innerJoin('cycle as c', (join) =>
      join.onRef('c.project', '=', 'f.project').onRef('c.key', '=', 'f.cycle'),
    )
    .select('c.finalist')
    .where('f.project', '=', project)
    .where('f.cycle', '=', cycle)
    .where('f.frozen_hash', '=', evidence)
    .where('c.verdict', '=', 'promote')
    .executeTakeFirst();
  return row?.finalist?.[prompt] === to;
}

async function compareAndSet(
  tx: Db,
  { project, prompt, alias, expected, to }: AliasChange,
): Promise<boolean> {
  if (expected === null) {
    const row = await tx
      .insertInto('prompt_alias')
      .values({ project, prompt, alias, number: to })
      .onConflict((conflict) => conflict.doNothing())
      .returning('number')
      .executeTakeFirst();
    return row !== undefined;
  }
  const row = await tx
    .updateTable('prompt_alias')
    .set({ number: to })
    .where('project', '=', project)
    .where('prompt', '=', prompt)
    .where('alias', '=', alias)
    .where('number', '=', expected)
    .returning('number')
    .executeTakeFirst();
  return row !== undefined;
}

type MoveRow = Selectable<Database['prompt_alias_move']>;

const isRepeat = (last: MoveRow, change: AliasChange): boolean =>
  change.cycle != null &&
  last.cycle === change.cycle &&
  last.evidence === (change.evidence ?? null) &&
  last.to_number === change.to;

const moves = (db: Db, at: AliasRef) =>
  db
    .selectFrom('prompt_alias_move')
    .selectAll()
    .where('project', '=', at.project)
    .where('prompt', '=', at.prompt)
    .where('alias', '=', at.alias);

const moveOf = (row: MoveRow): AliasMove => ({
  prompt: row.prompt,
  alias: row.alias,
  from: row.from_number,
  to: row.to_number,
  who: row.who,
  why: row.why,
  cycle: row.cycle,
  evidence: row.evidence,
  override: row.override,
  rollback: row.rollback,
  at: row.at.toISOString(),
});
