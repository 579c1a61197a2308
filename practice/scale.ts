/** Ends of a scale of numbers, as a request words it. */
export type Scale = { readonly low: number; readonly high: number };

const WORDED = /\bnumber from (-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)/;

/** The scale that a question says its answers have, such as "a whole number from 1 to 5"; null where it names none. */
export function scaleIn(text: string): Scale | null {
  const found = WORDED.exec(text);
  return found === null ? null : { low: Number(found[1]), high: Number(found[2]) };
}
