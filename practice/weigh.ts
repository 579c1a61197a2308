import type { Rulebook } from './rules.ts';
import { findRun, lexicalWeight, type Reading, stemOf, trigramsOf, wordsOf } from './text.ts';

type Term = {
  readonly stem: string;
  readonly trigrams: readonly string[];
  readonly weight: number;
};

type Cue = {
  readonly text: string;
  readonly answer: string;
  readonly terms: readonly Term[];
  readonly mass: number;
};

/** A rulebook made ready: cues with the weight of their words. */
export type Scales = {
  readonly answers: readonly string[];
  readonly cues: readonly Cue[];
  /** What an answer's score is multiplied by; above 1 for those that come first. */
  readonly favour: ReadonlyMap<string, number>;
};

export type Found = { readonly cue: string; readonly evidence: number };
export type Weighed = { readonly score: number; readonly found: readonly Found[] };
type Sighting = Found & { readonly stems: readonly string[] };

/** A cue says no more than this, however long it is. */
const MOST_MASS = 2.2;
/** A word that is only nearly there (a typing error) counts this share of what its letters share. */
const NEARLY = 0.75;
const NEARLY_FROM = 0.5;
/** Share of a cue that has to be there before it says anything. */
const LEAST = 0.45;
/** What a further cue adds for words that an earlier one has not used. */
const FURTHER = 0.7;
/** The last words of a text weigh so much less than the first: people begin with what they want. */
const FADING = 0.2;
/** Evidence of one cue from which on an answer that comes first is preferred. */
const CLEAR = 0.8;
const FAVOURS = [1.35, 1.2];

/** Weighs each word by how few of the answers mention it. */
export function prepare(book: Rulebook): Scales {
  const answersOf = new Map<string, Set<string>>();
  for (const { answer, cues } of book.rules)
    for (const stem of cues.flatMap(wordsOf).map(stemOf)) {
      const found = answersOf.get(stem);
      if (found) found.add(answer);
      else answersOf.set(stem, new Set([answer]));
    }
  const count = Math.max(2, book.answers.length);
  const rarity = (stem: string): number =>
    Math.log(count / (answersOf.get(stem)?.size ?? 1)) / Math.log(count);
  const cues = book.rules.flatMap(({ answer, cues: texts }) =>
    texts.map((text) => cueOf(text, answer, rarity)),
  );
  const favour = new Map(book.first.map((answer, i) => [answer, FAVOURS[i] ?? 1]));
  return { answers: book.answers, cues: distinct(cues), favour };
}

function cueOf(text: string, answer: string, rarity: (stem: string) => number): Cue {
  const terms = wordsOf(text).map((word) => {
    const stem = stemOf(word);
    const weight = lexicalWeight(word) * (0.1 + 0.9 * rarity(stem));
    return { stem, trigrams: trigramsOf(word), weight };
  });
  return { text, answer, terms, mass: terms.reduce((sum, { weight }) => sum + weight, 0) };
}

const distinct = (cues: readonly Cue[]): readonly Cue[] => [
  ...new Map(cues.map((cue) => [`${cue.answer}\n${cue.text.toLowerCase()}`, cue])).values(),
];

/** What a text says for each answer: the best cue whole, a further one for what it adds. */
export function weigh(scales: Scales, text: Reading): ReadonlyMap<string, Weighed> {
  const byAnswer = new Map<string, Sighting[]>(scales.answers.map((answer) => [answer, []]));
  for (const cue of scales.cues) {
    const sighting = look(cue, text);
    if (sighting) byAnswer.get(cue.answer)!.push(sighting);
  }
  return new Map(
    [...byAnswer].map(([answer, sightings]) => {
      const { score, found } = addUp(sightings);
      const clear = (found[0]?.evidence ?? 0) >= CLEAR;
      return [answer, { score: clear ? score * (scales.favour.get(answer) ?? 1) : score, found }];
    }),
  );
}

function addUp(sightings: Sighting[]): Weighed {
  sightings.sort((a, b) => b.evidence - a.evidence);
  const used = new Set<string>();
  const found: Found[] = [];
  let score = 0;
  for (const { cue, evidence, stems } of sightings) {
    const fresh = stems.filter((stem) => !used.has(stem)).length / stems.length;
    const share = used.size === 0 ? 1 : FURTHER * fresh;
    if (share > 0) found.push({ cue, evidence: evidence * share });
    score += evidence * share;
    for (const stem of stems) used.add(stem);
  }
  return { score, found };
}

function look({ text, terms, mass }: Cue, within: Reading): Sighting | null {
  if (mass === 0) return null;
  let there = 0;
  const stems: string[] = [];
  for (const term of terms) {
    const credit = term.weight * creditOf(term, within);
    if (credit > 0) stems.push(term.stem);
    there += credit;
  }
  const share = there / mass;
  if (share < LEAST) return null;
  const all = terms.map(({ stem }) => stem);
  const run = findRun(all, within);
  const order = terms.length < 2 || run >= 0 ? 1 : 0.75;
  const at = run >= 0 ? run : within.stems.findIndex((stem) => stems.includes(stem));
  const place = 1 - (FADING * Math.max(0, at)) / Math.max(12, within.stems.length);
  const fit = ((share - LEAST / 2) / (1 - LEAST / 2)) ** 1.5;
  return { cue: text, evidence: Math.min(MOST_MASS, mass) * order * place * fit, stems };
}

function creditOf({ stem, trigrams }: Term, text: Reading): number {
  if (text.stemSet.has(stem)) return 1;
  if (trigrams.length < 4) return 0;
  const share = trigrams.filter((trigram) => text.trigrams.has(trigram)).length / trigrams.length;
  return share >= NEARLY_FROM ? NEARLY * share : 0;
}
