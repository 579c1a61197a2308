import type { Random } from '../domain/random.ts';

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';

/** Different made-up words of three syllables: nobody can know them beforehand. */
export function drawWords(random: Random, count: number): string[] {
  const found = new Set<string>();
  const letter = (of: string): string => of[random.below(of.length)]!;
  while (found.size < count)
    found.add(
      Array.from({ length: 3 }, () => letter(CONSONANTS) + letter(VOWELS)).join('') +
        letter(CONSONANTS),
    );
  return [...found];
}
