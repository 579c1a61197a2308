import type { Json } from './json.ts';

type Source = { readonly source?: string };
type Parse = (text: string, reviver: (key: string, value: unknown, at: Source) => unknown) => Json;

/**
 * The value of a JSON text, with every digit: a number that JavaScript would round (9007199254740993, 1e400, 0.1234567890123456789012) is kept as its text.
 * Every number that a double holds stays a number.
 * @throws SyntaxError
 */
export function readJson(text: string): Json {
  if (!MAY_BE_ROUNDED.test(text)) return JSON.parse(text) as Json;
  return (JSON.parse as Parse)(text, (_, value, { source }) =>
    typeof value === 'number' && source !== undefined ? exactly(source) : value,
  );
}

/** Up to 15 digits without an exponent survive; most texts hold no others and are read at full speed. */
const MAY_BE_ROUNDED = /[\d.]{16}|\d[eE][+-]?\d/;

/** A number by its JSON notation; the notation itself where the number would be another one. */
export function exactly(source: string): number | string {
  const number = Number(source);
  if (!Number.isFinite(number)) return source;
  const given = digitsOf(source);
  if (given === digitsOf(String(number))) return number;
  // Some languages write a double with 17 digits where fewer would do (0.10000000000000001): it is that double all the same.
  const isWhole = /^-?\d+$/.test(source);
  return !isWhole && given === digitsOf(number.toPrecision(17)) ? number : source;
}

/** Sign, digits without outer zeros, and the power of ten they stand at: equal exactly for notations of one number. */
function digitsOf(notation: string): string {
  const [, sign = '', whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(notation) ?? [];
  const all = `${whole}${fraction}`.replace(/^0+/, '');
  const digits = all.replace(/0+$/, '');
  if (digits === '') return '0';
  return `${sign}${digits}e${BigInt(power) - BigInt(fraction.length - (all.length - digits.length))}`;
}
