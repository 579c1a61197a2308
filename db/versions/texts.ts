import { hashText } from '../../contracts/hash.ts';
import { columns } from '../column.ts';
import type { Db } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import { sql } from 'kysely';

type At = { readonly project: string };

/** Keeps texts by content; gives their hashes in order. */
export async function putTexts(
  db: Db,
  { project, texts }: At & { readonly texts: readonly string[] },
): Promise<readonly string[]> {
  const hashes = texts.map(hashText);
  const rows = [...new Map(texts.map((text, i) => [hashes[i]!, text]))].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const { hash, text } = columns(rows, { hash: ([key]) => key, text: ([, value]) => value });
  await sql`
    insert into stored_text (project, hash, text)
    select ${project}, * from unnest(${hash}::text[], ${text}::text[])
    on conflict do nothing`.execute(db);
  return hashes;
}

/** Texts by hash. @throws NotFoundError */
export async function getTexts(
  db: Db,
  { project, hashes }: At & { readonly hashes: readonly string[] },
): Promise<Readonly<Record<string, string>>> {
  if (hashes.length === 0) return {};
  const rows = await db
    .selectFrom('stored_text')
    .select(['hash', 'text'])
    .where('project', '=', project)
    .where('hash', 'in', [...new Set(hashes)])
    .execute();
  const found = Object.fromEntries(rows.map((row) => [row.hash, row.text]));
  const missing = hashes.find((hash) => !(hash in found));
  if (missing !== undefined) throw new NotFoundError('text', missing, 'store it with putTexts');
  return found;
}
