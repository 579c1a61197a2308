import { hashJson } from '../contracts/hash.ts';
import type { Json } from '../contracts/json.ts';
import { json } from './column.ts';
import { type Db, inTransaction } from './connect.ts';

/** The key was used for a request with another body. */
export class KeyReusedError extends Error {
  override readonly name = 'KeyReusedError';
  readonly kind = 'refused';
  readonly retryable = false;
  readonly key: string;
  constructor(key: string) {
    super(`the idempotency key \`${key}\` was used for a request with another body; use a new key`);
    this.key = key;
  }
}

/**
 * Does the work of a request once: its repeat under the same key, however many at once, gets the first answer, even where later
 * requests changed what it had done. The answer is stored in the transaction of the work. @throws KeyReusedError
 */
export function once<Answer extends Json>(
  db: Db,
  at: { readonly project: string; readonly key: string; readonly body: unknown },
  work: (tx: Db) => Promise<Answer>,
): Promise<Answer> {
  const { project, key, body } = at;
  const hash = hashJson(body as Json);
  return inTransaction(db, async (tx) => {
    const mine = await tx
      .insertInto('idempotent_request')
      .values({ project, key, body_hash: hash })
      .onConflict((conflict) => conflict.doNothing())
      .returning('key')
      .executeTakeFirst();
    const row = tx
      .selectFrom('idempotent_request')
      .where('project', '=', project)
      .where('key', '=', key);
    if (mine === undefined) {
      const first = await row.select(['body_hash', 'answer']).executeTakeFirstOrThrow();
      if (first.body_hash !== hash) throw new KeyReusedError(key);
      return first.answer as Answer;
    }
    const answer = await work(tx);
    await tx
      .updateTable('idempotent_request')
      .set({ answer: json(answer) })
      .where('project', '=', project)
      .where('key', '=', key)
      .execute();
    return answer;
  });
}
