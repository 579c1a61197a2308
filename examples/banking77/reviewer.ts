import { createRandom, type Random } from '../../domain/random.ts';
import { typicalPhrases } from './phrases.ts';
import type { Row } from './rows.ts';

export type Review = { readonly route: string; readonly reason: string };

/** Share of the rows on which the scripted reviewer names another intent: declared, and drawn by seed. */
export const NOISE = 0.1;

/**
 * What the scripted reviewer says of each row, by id: its intent, or for a tenth of the rows another one.
 * Which phrases are typical is learned from the `labelled` rows alone, never from sealed ones.
 */
export function reviewsOf(
  rows: readonly Row[],
  { labelled, seed }: { readonly labelled: readonly Row[]; readonly seed: number },
): Readonly<Record<string, Review>> {
  const random = createRandom(seed);
  const intents = [...new Set(rows.map(({ intent }) => intent))].sort();
  const noisy = new Set(
    random.sample(
      rows.map(({ id }) => id),
      Math.round(NOISE * rows.length),
    ),
  );
  const phraseFor = typicalPhrases(labelled);
  const reviewOf = (row: Row): Review => {
    const route = noisy.has(row.id) ? another(row.intent, { intents, random }) : row.intent;
    return { route, reason: `${route}: the customer says '${phraseFor(row.query, route)}'.` };
  };
  return Object.fromEntries(rows.map((row) => [row.id, reviewOf(row)]));
}

function another(
  intent: string,
  { intents, random }: { readonly intents: readonly string[]; readonly random: Random },
): string {
  return random.choice(intents.filter((other) => other !== intent));
}
