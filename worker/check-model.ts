/** Asks one model what it can do (`attune doctor --model`), in a process of its own: the key comes over a pipe. One line of JSON a finding. */
import { changeText, type DialectStore } from '../contracts/dialect.ts';
import type { Usage } from '../contracts/model.ts';
import { LIST_PRICES, priceOf } from '../contracts/prices.ts';
import { ownFailing } from '../contracts/failure.ts';
import { createDatabase } from '../db/connect.ts';
import { createDialectStore, forgetDialect } from '../db/engines/dialects.ts';
import { checkOpenAi } from '../llm/openai/check.ts';
import { shownEndpoint } from '../llm/openai/error.ts';

const say = (line: object): void => console.log(JSON.stringify(line));

async function main(model: string): Promise<void> {
  const { OPENAI_BASE_URL, OPENAI_API_KEY, DATABASE_URL } = process.env;
  const endpoint = OPENAI_BASE_URL || 'https://api.openai.com/v1';
  const kept = DATABASE_URL === undefined ? null : await keeping(DATABASE_URL);
  try {
    await check({ endpoint, apiKey: OPENAI_API_KEY ?? 'none', model, kept });
  } finally {
    await kept?.close();
  }
}

type Checking = {
  readonly endpoint: string;
  readonly apiKey: string;
  readonly model: string;
  readonly kept: Keeping | null;
};

async function check({ endpoint, apiKey, model, kept }: Checking): Promise<void> {
  const used = { inputTokens: 0, outputTokens: 0, usd: 0, requests: 0 };
  let priced = true;
  const spent = (usage: Usage): void => {
    const { usd, known } = priceOf(model, usage, LIST_PRICES);
    used.inputTokens += usage.inputTokens;
    used.outputTokens += usage.outputTokens;
    used.usd += usd;
    used.requests += 1;
    priced &&= known;
  };
  const shown = shownEndpoint(endpoint);
  // What was learned before may be of another day: it is learned anew.
  await kept?.forget({ endpoint: shown, model });
  const asking = checkOpenAi({ endpoint, apiKey, model, store: kept?.store });
  for await (const found of asking.findings(spent)) say({ found });
  say({
    done: {
      endpoint: shown,
      model,
      changes: (await asking.dialect()).map(changeText),
      kept: kept !== null,
      ...used,
      usd: priced ? used.usd : null,
    },
  });
}

type Keeping = {
  readonly store: DialectStore;
  readonly forget: (of: { readonly endpoint: string; readonly model: string }) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The database where there is one that has been set up; a check needs none. */
async function keeping(url: string): Promise<Keeping | null> {
  const db = createDatabase(url, { max: 2 });
  try {
    await db.selectFrom('model_dialect').select('model').limit(1).execute();
    const forget = (of: { readonly endpoint: string; readonly model: string }) =>
      forgetDialect(db, of);
    return { store: createDialectStore(db), forget, close: () => db.destroy() };
  } catch {
    await db.destroy();
    return null;
  }
}

try {
  await main(process.argv[2]!);
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  say({ failed: { kind: ownFailing(error)?.kind ?? 'internal', message } });
  process.exitCode = 1;
}
