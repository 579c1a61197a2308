import { type RawBuilder, sql } from 'kysely';
import { Client } from 'pg';

/** First key of the advisory locks under which claims live. */
const CLAIMS = 7_281_002;

/** What was claimed longer ago is free even while its session lives. */
const EXPIRY = '10 minutes';

/** Whether nobody holds any more what was claimed under an id at a time. */
export const isFree = (holder: string, since: string): RawBuilder<boolean> => sql<boolean>`(
  ${sql.ref(since)} < clock_timestamp() - ${EXPIRY}::interval
  or not exists (select from pg_locks l where l.locktype = 'advisory' and l.granted
    and l.classid = ${CLAIMS}::oid and l.objid = ${sql.ref(holder)}::oid and l.objsubid = 2
    and l.database = (select oid from pg_database where datname = current_database())))`;

/** A database session whose end frees all that was claimed under its id. */
export type Holder = {
  /** Opens the session anew where it was lost: the id stays, and with it what nobody took meanwhile. */
  id(): Promise<number>;
  close(): Promise<void>;
};

export async function openHolder(url: string): Promise<Holder> {
  let id: number | undefined;
  let closed = false;
  let session: Promise<Client> | undefined;

  async function open(client: Client): Promise<Client> {
    try {
      await client.connect();
      // A lost session may live on at the server; its claims are its own until it ends there too.
      if (id === undefined || !(await lock(client, id))) {
        id = await nextId(client);
        await lock(client, id);
      }
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      throw error;
    }
  }

  function begin(): Promise<Client> {
    const client = new Client({
      connectionString: url,
      application_name: 'attune claims',
      keepAlive: true,
    });
    const begun = open(client);
    // Events of an earlier session must not end a later one.
    const lost = (): void => {
      if (session === begun) session = undefined;
    };
    client.on('error', lost);
    client.on('end', lost);
    begun.catch(lost);
    return begun;
  }

  async function held(): Promise<number> {
    if (closed) throw new Error('the reply store is closed: it claims nothing any more');
    await (session ??= begin());
    return id!;
  }

  await held();
  return {
    id: held,
    async close() {
      closed = true;
      const client = await session?.catch(() => undefined);
      await client?.end();
    },
  };
}

async function lock(client: Client, id: number): Promise<boolean> {
  const { rows } = await client.query<{ got: boolean }>(
    'select pg_try_advisory_lock($1::integer, $2::integer) as got',
    [CLAIMS, id],
  );
  return rows[0]!.got;
}

async function nextId(client: Client): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    `select nextval('model_claim_holder')::integer as id`,
  );
  return rows[0]!.id;
}
