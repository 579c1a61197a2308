import type { Db } from './connect.ts';

/** The database, but no statement leaves while `ended` names an error: that is thrown instead, inside of transactions too. */
export const silencedWhen = (db: Db, ended: () => Error | null): Db =>
  db.withPlugin({
    transformQuery({ node }) {
      const error = ended();
      if (error !== null) throw error;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
