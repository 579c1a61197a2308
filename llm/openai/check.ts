import { randomUUID } from 'node:crypto';
import type { Dialect, DialectStore } from '../../contracts/dialect.ts';
import type { Usage } from '../../contracts/model.ts';
import { createDialects } from '../dialects.ts';
import { createExchange, type Exchange } from './client.ts';
import { shownEndpoint } from './error.ts';
import { startingDialect } from './known.ts';
import { type Probed, probe } from './probe.ts';

export type CheckOptions = {
  readonly endpoint: string;
  readonly apiKey: string;
  readonly model: string;
  readonly store: DialectStore | undefined;
};

export type Check = {
  findings(spent: (usage: Usage) => void): AsyncGenerator<Probed>;
  /** What was learned, once it is kept. */
  dialect(): Promise<Dialect>;
};

const TIMEOUT_MS = 120_000;

/** A check of one model at an endpoint; what it learns is kept where there is a store. */
export function checkOpenAi({ endpoint, apiKey, model, store }: CheckOptions): Check {
  const dialects = createDialects({
    endpoint: shownEndpoint(endpoint),
    store,
    start: (name) => startingDialect(endpoint, name),
  });
  const exchange = createExchange({ endpoint, apiKey, timeoutMs: TIMEOUT_MS });
  return {
    async *findings(spent) {
      const known = await dialects.of(model);
      const { signal } = new AbortController();
      const place = { endpoint, model, apiKey };
      // Each request is a new one, also where two are equal.
      const fresh: Exchange = (path, body) => exchange(randomUUID(), signal)(path, body);
      yield* probe({ model, known, place, exchange: fresh, signal }, spent);
    },
    async dialect() {
      await dialects.kept();
      return (await dialects.of(model)).dialect();
    },
  };
}
