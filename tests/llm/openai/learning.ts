import type { TestContext } from 'node:test';
import { type Change, type DialectStore, subjectOf } from '../../../contracts/dialect.ts';
import { type Behaviour, impoliteServer, refuses, says } from './impolite.ts';

export const serving = async (t: TestContext, does: Behaviour, embeds?: Behaviour) => {
  const server = await impoliteServer({ 'test-model': does }, embeds);
  t.after(() => server.close());
  return server;
};

/** What is learned, as the database keeps it. */
export function keeping() {
  const rows = new Map<string, Change>();
  const store: DialectStore = {
    read: async () => [...rows.values()],
    learn: async ({ change }) => void rows.set(subjectOf(change), change),
  };
  return { rows, store };
}

export const noSeed: Behaviour = (b) =>
  'seed' in b ? refuses(400, 'Unrecognized request argument supplied: seed') : says('hello');
