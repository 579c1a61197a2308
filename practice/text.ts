/** Words that carry little by themselves in English; longer rare words carry more. */
const FUNCTION_WORDS = new Set(
  (
    'a an and any are as at be been but by can could did do does for from get got had has have he her his how i if in into is it its ' +
    'just me my no not now of on or our out please she should so still that the their them then there they this to up us was we were ' +
    'hi hello hey thanks thank ok okay what when where which who why will with would you your im ive dont its thats'
  ).split(' '),
);

/** Lower-case words of a text, without apostrophes. */
export const wordsOf = (text: string): readonly string[] =>
  (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+(?:['’]\p{L}+)*/gu) ?? []
  ).map((word) => word.replace(/['’]/g, ''));

/** A word without its commonest English endings. */
export function stemOf(word: string): string {
  if (word.length > 5 && /(ations?|ments?)$/.test(word))
    return word.replace(/(ations?|ments?)$/, '');
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  if (word.length > 5 && word.endsWith('ing')) return undouble(word.slice(0, -3));
  if (word.length > 4 && word.endsWith('ed')) return undouble(word.slice(0, -2));
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1);
  return word.length > 5 && word.endsWith('e') ? word.slice(0, -1) : word;
}

const undouble = (stem: string): string => {
  const plain = /([bdgmnprt])\1$/.test(stem) ? stem.slice(0, -1) : stem;
  return plain.length > 3 && plain.endsWith('e') ? plain.slice(0, -1) : plain;
};

/** How much a word says before anything is counted: function words and short ones little. */
export function lexicalWeight(word: string): number {
  if (FUNCTION_WORDS.has(word)) return 0.12;
  return word.length >= 5 ? 1 : ([0.2, 0.2, 0.5, 0.75, 0.95][word.length] ?? 1);
}

/** Character trigrams of a word with its borders. */
export function trigramsOf(word: string): readonly string[] {
  const padded = `^${word}$`;
  return Array.from({ length: padded.length - 2 }, (_, at) => padded.slice(at, at + 3));
}

export type Reading = {
  readonly words: readonly string[];
  readonly stems: readonly string[];
  readonly stemSet: ReadonlySet<string>;
  readonly trigrams: ReadonlySet<string>;
};

/** What is looked up in a text: its words, stems and trigrams. */
export function read(text: string): Reading {
  const words = wordsOf(text);
  const stems = words.map(stemOf);
  return {
    words,
    stems,
    stemSet: new Set(stems),
    trigrams: new Set(words.filter((word) => word.length > 3).flatMap(trigramsOf)),
  };
}

/** Where stems stand in a reading one after the other; -1 where they do not. */
export function findRun(stems: readonly string[], within: Reading): number {
  const [first] = stems;
  return within.stems.findIndex(
    (stem, at) => stem === first && stems.every((next, i) => within.stems[at + i] === next),
  );
}
