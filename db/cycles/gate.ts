import { type Selectable, sql } from 'kysely';
import type { JsonObject } from '../../contracts/json.ts';
import { type Db, inTransaction } from '../connect.ts';
import { type CycleRef, cycleKey, getCycle } from './cycles.ts';
import type { Database } from '../tables.ts';

/** What a gate was fixed to before its first call. */
export type Freeze = {
  readonly run: string;
  readonly datasetVersion: string;
  readonly judge: string;
  readonly incumbentHash: string;
  readonly finalistHash: string;
  /** Ids of the sealed examples, in the order of the dataset. */
  readonly examples: readonly string[];
  readonly policyHash: string;
  readonly frozenHash: string;
  readonly look: number;
  /** No gate of this database had looked at anything before. */
  readonly ledgerStartsHere: boolean;
};

export type NewFreeze = Pick<
  Freeze,
  'run' | 'judge' | 'incumbentHash' | 'finalistHash' | 'policyHash'
> & {
  /** Keys of a conversation in the ledger of looks, from the inputs of its rows. */
  readonly keysOf: (rows: readonly JsonObject[]) => readonly string[];
  /** Hash of all that is frozen, given the sealed ids. */
  readonly hashOf: (sealed: readonly string[]) => string;
};

/** Key of the advisory lock under which looks are counted: they span projects. */
const LOCK = 7_281_003;

/**
 * Freezes the gate of a cycle on the sealed examples nobody has opened, and charges its look, in one transaction. A repeat finds the
 * same row and the same look. The look is one more than the most any conversation of the part has seen, in any project.
 */
export function freezeGate(db: Db, ref: CycleRef, fresh: NewFreeze): Promise<Freeze> {
  return inTransaction(db, async (tx) => {
    await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
    const before = await getFreeze(tx, ref);
    if (before) return before;
    const at = { project: ref.project, cycle: cycleKey(ref) };
    const { datasetVersion } = await getCycle(tx, ref);
    const sealed = await sealedConversations(tx, { ...at, version: datasetVersion });
    const keys = [...new Set(sealed.flatMap(({ rows }) => fresh.keysOf(rows)))].sort();
    const look = (await mostLooks(tx, keys)) + 1;
    const examples = sealed
      .flatMap(({ examples: own }) => own)
      .sort((a, b) => a.ordinal - b.ordinal)
      .map(({ id }) => id);
    await tx
      .insertInto('sealed_freeze')
      .values({
        ...at,
        run: fresh.run,
        dataset_version: datasetVersion,
        judge: fresh.judge,
        incumbent_hash: fresh.incumbentHash,
        finalist_hash: fresh.finalistHash,
        examples,
        policy_hash: fresh.policyHash,
        frozen_hash: fresh.hashOf(examples),
        look,
      })
      .execute();
    await sql`
      insert into gate_look (key, project, cycle, look)
      select key, ${at.project}, ${at.cycle}, ${look} from unnest(${keys}::text[]) as n (key)`.execute(
      tx,
    );
    return (await getFreeze(tx, ref))!;
  });
}

/** Null before the gate of the cycle is frozen. */
export async function getFreeze(db: Db, ref: CycleRef): Promise<Freeze | null> {
  const row = await db
    .selectFrom('sealed_freeze')
    .selectAll()
    .where('project', '=', ref.project)
    .where('cycle', '=', cycleKey(ref))
    .executeTakeFirst();
  if (!row) return null;
  const earlier = await db
    .selectFrom('gate_look')
    .select('key')
    .where('created_at', '<', row.created_at)
    .where((eb) => eb.or([eb('project', '<>', row.project), eb('cycle', '<>', row.cycle)]))
    .limit(1)
    .executeTakeFirst();
  return freezeOf(row, earlier === undefined);
}

/** Ids of the sealed examples of a dataset version that nobody has opened. */
export async function openSealed(
  db: Db,
  at: { readonly project: string; readonly version: string },
): Promise<readonly string[]> {
  const sealed = await sealedConversations(db, at);
  return sealed.flatMap(({ examples }) => examples.map(({ id }) => id));
}

/** The number that the next look at the sealed part of a dataset version would have. */
export async function nextLook(
  db: Db,
  at: { readonly project: string; readonly version: string },
  keysOf: NewFreeze['keysOf'],
): Promise<number> {
  const sealed = await sealedConversations(db, at);
  return (await mostLooks(db, [...new Set(sealed.flatMap(({ rows }) => keysOf(rows)))])) + 1;
}

/** The most looks any of the keys has seen; 0 where none has seen one. */
export async function mostLooks(db: Db, keys: readonly string[]): Promise<number> {
  const { rows } = await sql<{ look: number }>`
    select coalesce(max(look), 0)::integer as look from gate_look
    where key = any(${keys}::text[])`.execute(db);
  return rows[0]?.look ?? 0;
}

type Sealed = {
  readonly rows: readonly JsonObject[];
  readonly examples: readonly { readonly id: string; readonly ordinal: number }[];
};

async function sealedConversations(
  tx: Db,
  at: { readonly project: string; readonly version: string },
): Promise<readonly Sealed[]> {
  const { rows } = await sql<Sealed>`
    select json_agg(e.inputs order by r.ordinal) as rows,
      json_agg(json_build_object('id', e.id, 'ordinal', r.ordinal) order by r.ordinal) as examples
    from dataset_row r
    join example e on e.project = r.project and e.id = r.example and e.hash = r.hash
    join membership m on m.project = e.project and m.conversation = e.conversation
    where r.project = ${at.project} and r.version = ${at.version} and m.part = 'sealed'
      and not exists (select from retirement t
        where t.project = m.project and t.conversation = m.conversation)
    group by m.conversation order by m.conversation`.execute(tx);
  return rows;
}

const freezeOf = (
  row: Selectable<Database['sealed_freeze']>,
  ledgerStartsHere: boolean,
): Freeze => ({
  run: row.run,
  datasetVersion: row.dataset_version,
  judge: row.judge,
  incumbentHash: row.incumbent_hash,
  finalistHash: row.finalist_hash,
  examples: row.examples,
  policyHash: row.policy_hash,
  frozenHash: row.frozen_hash,
  look: row.look,
  ledgerStartsHere,
});
