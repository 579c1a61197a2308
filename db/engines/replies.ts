import { sql } from 'kysely';
import type { StoredReply } from '../../contracts/model.ts';
import type { Claim, ReplyStore } from '../../contracts/reply-store.ts';
import { columns, json } from '../column.ts';
import type { Db } from '../connect.ts';
import { type Holder, isFree, openHolder } from '../holder.ts';

export type OpenReplyStore = ReplyStore & {
  /** Id of the database session on which claims rest: what else is held under it is free, too, when it ends. */
  readonly holder: () => Promise<number>;
  /** Ends the session: its claims are free from then on. */
  close(): Promise<void>;
};

/** The ledger in the database. It holds a connection of its own, on which its claims rest. */
export async function createReplyStore(db: Db, url: string): Promise<OpenReplyStore> {
  const holder = await openHolder(url);
  return {
    claim: (keys) => claim(db, holder, keys),
    store: (replies) => store(db, replies),
    release: (keys) => release(db, holder, keys),
    holder: () => holder.id(),
    close: () => holder.close(),
  };
}

async function claim(
  db: Db,
  holder: Holder,
  keys: readonly string[],
): Promise<Readonly<Record<string, Claim>>> {
  const claims: Record<string, Claim> = {};
  for (const reply of await reuse(db, keys)) claims[reply.key] = { state: 'stored', reply };
  const open = keys.filter((key) => !(key in claims));
  if (open.length === 0) return claims;
  const mine = await take(db, await holder.id(), open);
  for (const key of open) claims[key] = mine.has(key) ? { state: 'mine' } : { state: 'busy' };
  // Whoever held a claim before may have stored its reply between the two statements above.
  const late = await reuse(db, [...mine]);
  for (const reply of late) claims[reply.key] = { state: 'stored', reply };
  if (late.length > 0)
    await release(
      db,
      holder,
      late.map((reply) => reply.key),
    );
  return claims;
}

async function take(db: Db, holder: number, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows: fresh } = await sql<{ key: string }>`
    insert into model_claim (key, holder)
    select key, ${holder} from unnest(${keys}::text[]) as n (key) order by key collate "C"
    on conflict do nothing
    returning key`.execute(db);
  const mine = new Set(fresh.map((row) => row.key));
  const held = keys.filter((key) => !mine.has(key));
  if (held.length === 0) return mine;
  const { rows: taken } = await sql<{ key: string }>`
    with free as (
      select key from model_claim c
      where key = any(${held}::text[])
        and (holder = ${holder} or ${isFree('c.holder', 'c.claimed_at')})
      order by key
      for update
    )
    update model_claim c set holder = ${holder}, claimed_at = clock_timestamp()
    from free where c.key = free.key
    returning c.key`.execute(db);
  for (const { key } of taken) mine.add(key);
  return mine;
}

/** Stored replies among the keys, each counted as used once more. */
async function reuse(db: Db, keys: readonly string[]): Promise<readonly StoredReply[]> {
  if (keys.length === 0) return [];
  const { rows } = await sql<ReplyRow>`
    with hit as (
      select key from model_reply where key = any(${keys}::text[]) order by key for update
    )
    update model_reply r set reused = reused + 1 from hit where r.key = hit.key
    returning r.*`.execute(db);
  return rows.map(replyOf);
}

async function store(db: Db, replies: readonly StoredReply[]): Promise<void> {
  const c = columns(replies, {
    key: (row) => row.key,
    purpose: (row) => row.purpose,
    model: (row) => row.model,
    project: (row) => row.project,
    cycle: (row) => row.cycle,
    draw: (row) => row.draw,
    reply: (row) => json(row.reply),
    input: ({ usage }) => usage.inputTokens,
    cached: ({ usage }) => usage.cachedTokens,
    output: ({ usage }) => usage.outputTokens,
    price: (row) => row.price,
    latency: (row) => row.latencyMs,
  });
  await sql`
    with stored as (
      insert into model_reply (key, purpose, model, project, cycle, draw, reply, input_tokens,
        cached_tokens, output_tokens, price, latency_ms)
      select * from unnest(${c.key}::text[], ${c.purpose}::text[], ${c.model}::text[],
        ${c.project}::text[], ${c.cycle}::text[], ${c.draw}::text[], ${c.reply}::json[],
        ${c.input}::integer[], ${c.cached}::integer[], ${c.output}::integer[],
        ${c.price}::double precision[], ${c.latency}::double precision[]) as n (key)
      order by n.key collate "C"
      on conflict do nothing
    )
    delete from model_claim where key = any(${c.key}::text[])`.execute(db);
}

async function release(db: Db, holder: Holder, keys: readonly string[]): Promise<void> {
  await db
    .deleteFrom('model_claim')
    .where('key', 'in', [...keys, ''])
    .where('holder', '=', await holder.id())
    .execute();
}

type ReplyRow = {
  readonly key: string;
  readonly purpose: StoredReply['purpose'];
  readonly model: string;
  readonly project: string;
  readonly cycle: string | null;
  readonly draw: string;
  readonly reply: StoredReply['reply'];
  readonly input_tokens: number;
  readonly cached_tokens: number;
  readonly output_tokens: number;
  readonly price: number;
  readonly latency_ms: number;
};

const replyOf = (row: ReplyRow): StoredReply => ({
  key: row.key,
  purpose: row.purpose,
  model: row.model,
  project: row.project,
  cycle: row.cycle,
  draw: row.draw,
  reply: row.reply,
  usage: {
    inputTokens: row.input_tokens,
    cachedTokens: row.cached_tokens,
    outputTokens: row.output_tokens,
  },
  price: row.price,
  latencyMs: row.latency_ms,
});
