/** Name of the embedder that runs in this process; no text leaves the machine. */
export const LOCAL_EMBEDDER = 'local-ngram-512';
const DIMENSION = 512;
const SIZES = [3, 4, 5] as const;
/** A word says more than a piece of one. */
const WORD_WEIGHT = 2;

/**
 * Unit vector of 512 hashed features: words and character 3- to 5-grams of the lower-cased text, each by
 * sign x (1 + ln count) (feature hashing: Weinberger et al. 2009). An empty text gives the zero vector.
 */
export function embedLocally(text: string): Float32Array {
  const vector = new Float32Array(DIMENSION);
  for (const [feature, { count, weight }] of features(text)) {
    const hash = fnv(feature);
    vector[hash % DIMENSION]! += (hash >>> 31 === 0 ? 1 : -1) * weight * (1 + Math.log(count));
  }
  return toUnit(vector);
}

/** The vector scaled to length 1; a zero vector stays as it is. */
export function toUnit(vector: Float32Array): Float32Array {
  let sum = 0;
  for (const x of vector) sum += x * x;
  if (sum === 0) return vector;
  const scale = 1 / Math.sqrt(sum);
  return vector.map((x) => x * scale);
}

type Tally = Map<string, { count: number; readonly weight: number }>;

function features(text: string): Tally {
  const tally: Tally = new Map();
  const add = (feature: string, weight: number): void => {
    const found = tally.get(feature);
    if (found) found.count++;
    else tally.set(feature, { count: 1, weight });
  };
  for (const word of text
    .normalize('NFKC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []) {
    add(`w:${word}`, WORD_WEIGHT);
    const padded = ` ${word} `;
    for (const size of SIZES)
      for (let at = 0; at + size <= padded.length; at++) add(padded.slice(at, at + size), 1);
  }
  return tally;
}

/** FNV-1a with a final mix, so that the low bits are as good as the high ones. */
function fnv(text: string): number {
  let hash = 2166136261;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}
