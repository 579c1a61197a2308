import { sql } from 'kysely';
import type { Value } from '../../contracts/value.ts';
import { writeAudit } from '../audit.ts';
import { json, plainText } from '../column.ts';
import { type Db, inTransaction } from '../connect.ts';

/** What a person decided on an item whose raters do not agree. */
export type Adjudication = {
  readonly example: string;
  readonly outputHash: string;
  readonly value: Value;
  readonly rationale: string | null;
  readonly who: string;
};

/** Decides a contested item, in place of an earlier decision; the history stays. */
export function adjudicate(
  db: Db,
  of: Adjudication & { readonly project: string; readonly name: string; readonly session: string },
): Promise<void> {
  const { project, name, session, example, outputHash, value, rationale, who } = of;
  return inTransaction(db, async (tx) => {
    await tx
      .insertInto('adjudication')
      .values({
        project,
        name,
        example,
        output_hash: outputHash,
        value: json(value),
        rationale: rationale === null ? null : plainText(rationale),
        who,
      })
      .execute();
    const detail = { example, outputHash, value };
    await writeAudit(tx, { project, who, action: 'adjudicate', subject: session, detail });
  });
}

/** The decisions that stand on outputs under a judge's name, by item. */
export async function listAdjudications(
  db: Db,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<readonly Adjudication[]> {
  const { rows } = await sql<Adjudication>`
    select distinct on (example, output_hash) example, output_hash as "outputHash", value, rationale, who
    from adjudication where project = ${project} and name = ${name}
    order by example, output_hash, seq desc`.execute(db);
  return rows;
}
