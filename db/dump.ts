import { sql } from 'kysely';
import type { Db } from './connect.ts';

/**
 * The schema `public` as text, read back from the catalogs in one order: equal schemas give equal texts. For people and for the test
 * that compares it with db/schema.sql; not meant to be run.
 */
export async function dumpSchema(db: Db): Promise<string> {
  const parts = [
    HEADER,
    ...(await domains(db)),
    ...(await functions(db)),
    ...(await sequences(db)),
  ];
  for (const table of await tables(db)) parts.push(await describeTable(db, table));
  return `${parts.join('\n\n')}\n`;
}

const HEADER =
  '-- The schema after all of db/migrations, written by `npm run schema:dump`. Do not edit.';

async function lines(db: Db, query: ReturnType<typeof sql<{ line: string }>>): Promise<string[]> {
  const { rows } = await query.execute(db);
  return rows.map((row) => row.line);
}

const domains = (db: Db): Promise<string[]> =>
  lines(
    db,
    sql`
      select format('create domain %s as %s%s%s;', t.typname, format_type(t.typbasetype, t.typtypmod),
        coalesce(' collate ' || quote_ident(c.collname), ''),
        coalesce(' ' || (select string_agg(pg_get_constraintdef(oid), ' ' order by conname)
          from pg_constraint where contypid = t.oid), '')) as line
      from pg_type t left join pg_collation c on c.oid = t.typcollation
      where t.typnamespace = 'public'::regnamespace and t.typtype = 'd'
      order by t.typname collate "C"`,
  );

const functions = (db: Db): Promise<string[]> =>
  lines(
    db,
    sql`
      select rtrim(pg_get_functiondef(oid), E'\n') || ';' as line from pg_proc
      where pronamespace = 'public'::regnamespace order by proname collate "C"`,
  );

const sequences = (db: Db): Promise<string[]> =>
  lines(
    db,
    sql`
      select format('create sequence %s as %s%s;', sequencename, data_type,
        case when cycle then ' cycle' else '' end) as line
      from pg_sequences s where schemaname = 'public'
        and not exists (select from pg_depend d where d.deptype in ('a', 'i')
          and d.objid = format('%I.%I', s.schemaname, s.sequencename)::regclass)
      order by sequencename collate "C"`,
  );

const tables = (db: Db): Promise<string[]> =>
  lines(
    db,
    sql`
      select relname as line from pg_class
      where relnamespace = 'public'::regnamespace and relkind = 'r'
      order by relname collate "C"`,
  );

async function describeTable(db: Db, table: string): Promise<string> {
  const body = [...(await columnsOf(db, table)), ...(await constraintsOf(db, table))];
  const create = `create table ${table} (\n${body.map((line) => `  ${line}`).join(',\n')}\n);`;
  return [create, ...(await indexesOf(db, table)), ...(await triggersOf(db, table))].join('\n');
}

const columnsOf = (db: Db, table: string): Promise<string[]> =>
  lines(
    db,
    sql`
      select concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
        case when a.attnotnull then 'not null' end,
        case when a.attidentity = 'a' then 'generated always as identity' end,
        'default ' || pg_get_expr(d.adbin, d.adrelid)) as line
      from pg_attribute a
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = ${table}::regclass and a.attnum > 0 and not a.attisdropped
      order by a.attnum`,
  );

const constraintsOf = (db: Db, table: string): Promise<string[]> =>
  lines(
    db,
    sql`
      select pg_get_constraintdef(oid) as line from pg_constraint
      where conrelid = ${table}::regclass and contype in ('p', 'u', 'f', 'c')
      order by position(contype::text in 'pufc'), conname collate "C"`,
  );

const indexesOf = (db: Db, table: string): Promise<string[]> =>
  lines(
    db,
    sql`
      select pg_get_indexdef(i.indexrelid) || ';' as line
      from pg_index i join pg_class c on c.oid = i.indexrelid
      where i.indrelid = ${table}::regclass
        and not exists (select from pg_constraint where conindid = i.indexrelid)
      order by c.relname collate "C"`,
  );

const triggersOf = (db: Db, table: string): Promise<string[]> =>
  lines(
    db,
    sql`
      select pg_get_triggerdef(oid) || ';' as line from pg_trigger
      where tgrelid = ${table}::regclass and not tgisinternal
      order by tgname collate "C"`,
  );
