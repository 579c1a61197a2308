import { sql } from 'kysely';
import type { Db } from '../../db/connect.ts';
import type { Request } from './requests.ts';

export type SealedRow = { readonly id: string; readonly text: string };

/** Texts shorter than this may stand in other rows by chance. */
const TELLING = 24;

/** The sealed rows of a project whose text stands in no other row, and is long enough to tell. */
export async function sealedRows(db: Db, project: string): Promise<readonly SealedRow[]> {
  const { rows } = await sql<{ id: string; part: string; inputs: Record<string, unknown> }>`
    select e.id, m.part, e.inputs from example e
    join membership m on m.project = e.project and m.conversation = e.conversation
    where e.project = ${project} order by e.id`.execute(db);
  const all = rows.map(({ id, part, inputs }) => ({
    id,
    part,
    text: String(inputs['message'] ?? inputs['query']),
    whole: JSON.stringify(inputs),
  }));
  const tuned = all.filter(({ part }) => part !== 'sealed').map(({ whole }) => whole);
  return all
    .filter(({ part, text }) => part === 'sealed' && text.length >= TELLING)
    .filter(({ text }) => !tuned.some((whole) => whole.includes(escaped(text))));
}

/** When finalist, judge and sealed rows were frozen: milliseconds since the epoch. */
export async function freezeTime(db: Db, project: string): Promise<number> {
  const { rows } = await sql<{ at: Date }>`
    select created_at as at from sealed_freeze where project = ${project}`.execute(db);
  return rows[0]!.at.getTime();
}

/** Sealed rows that a text shows, as they are or inside JSON. */
export const shownIn = (text: string, rows: readonly SealedRow[]): readonly SealedRow[] =>
  rows.filter((row) => text.includes(row.text) || text.includes(escaped(row.text)));

/** Ids of the sealed rows that any of the requests shows. */
export const rowsShown = (
  requests: readonly Request[],
  rows: readonly SealedRow[],
): readonly string[] => {
  const text = requests.map((request) => request.text).join('\n');
  return shownIn(text, rows).map(({ id }) => id);
};

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1);
