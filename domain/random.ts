// Mersenne Twister MT19937 (Matsumoto & Nishimura 1998), seeded and consumed exactly as CPython's random.Random does.
const N = 624;
const M = 397;

/** A generator frozen as JSON: 624 words in base64 (little-endian), position in the block, 32-bit words drawn so far. */
export type RandomState = {
  readonly mt: string;
  readonly index: number;
  readonly words: number;
};

export type Random = {
  /** 32-bit words drawn so far. */
  readonly words: number;
  /** Uniform in [0, 1) with 53 bits; takes two words. */
  readonly random: () => number;
  /** An integer of k random bits, 0 <= k <= 53. */
  readonly bits: (k: number) => number;
  /** Uniform integer in [0, n), n < 2^53; throws RangeError when n < 1. */
  readonly below: (n: number) => number;
  readonly choice: <T>(list: readonly T[]) => T;
  /** A shuffled copy. */
  readonly shuffle: <T>(list: readonly T[]) => T[];
  /** k members without replacement; throws RangeError when k exceeds the list. */
  readonly sample: <T>(list: readonly T[], k: number) => T[];
  /** k members with replacement (default 1), by weight where given; throws RangeError when all weights are 0. */
  readonly choices: <T>(list: readonly T[], how?: Choices) => T[];
  readonly state: () => RandomState;
};

export type Choices = { readonly weights?: readonly number[]; readonly k?: number };

/** A generator equal to CPython's random.Random(seed) for an integer seed, or one continued from its state. */
export function createRandom(seed: number | bigint | RandomState): Random {
  const restored = typeof seed === 'object';
  const mt = restored ? decode(seed.mt) : seeded(seed);
  let index = restored ? seed.index : N;
  let words = restored ? seed.words : 0;

  const word = (): number => {
    if (index === N) {
      twist(mt);
      index = 0;
    }
    let y = mt[index++]!;
    words++;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  };
  const random = (): number => {
    const high = word() >>> 5;
    return (high * 67108864 + (word() >>> 6)) / 9007199254740992;
  };
  const bits = (k: number): number => {
    if (!Number.isInteger(k) || k < 0 || k > 53)
      throw new RangeError(`bits(${k}): ask for 0 to 53 bits`);
    if (k === 0) return 0;
    if (k <= 32) return word() >>> (32 - k);
    const low = word();
    return low + (word() >>> (64 - k)) * 4294967296;
  };
  const below = (n: number): number => {
    if (!Number.isSafeInteger(n) || n < 1)
      throw new RangeError(`below(${n}): the bound must be an integer from 1 to 2^53 - 1`);
    const k = bitLength(n);
    let drawn = bits(k);
    while (drawn >= n) drawn = bits(k);
    return drawn;
  };

  return {
    get words() {
      return words;
    },
    random,
    bits,
    below,
    choice: (list) => list[below(list.length)]!,
    shuffle: (list) => {
      const copy = [...list];
      for (let i = copy.length - 1; i > 0; i--) swap(copy, i, below(i + 1));
      return copy;
    },
    sample: (list, k) => sample(list, { k, below }),
    choices: (list, how = {}) => {
      const pick = picker(list, how.weights);
      return Array.from({ length: how.k ?? 1 }, () => pick(random()));
    },
    state: () => ({ mt: encode(mt), index, words }),
  };
}

/** A seed from the leading hex digits of a hash (at most 16 digits, 64 bits, are used). */
export function seedFromHash(hex: string): bigint {
  if (!/^[0-9a-f]+$/i.test(hex))
    throw new RangeError(`seedFromHash: ${JSON.stringify(hex)} is not a hexadecimal hash`);
  return BigInt(`0x${hex.slice(0, 16)}`);
}

function twist(mt: Uint32Array): void {
  for (let i = 0; i < N; i++) {
    const y = (mt[i]! & 0x80000000) | (mt[i + 1 === N ? 0 : i + 1]! & 0x7fffffff);
    const source = mt[i + M < N ? i + M : i + M - N]!;
    mt[i] = source ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
  }
}

function seeded(seed: number | bigint): Uint32Array {
  if (typeof seed === 'number' && !Number.isSafeInteger(seed))
    throw new RangeError(
      `createRandom(${seed}): the seed must be an integer (use a bigint beyond 2^53)`,
    );
  const key: number[] = [];
  for (let rest = seed < 0 ? -BigInt(seed) : BigInt(seed); rest > 0n; rest >>= 32n)
    key.push(Number(rest & 0xffffffffn));
  return initByArray(key.length === 0 ? [0] : key);
}

function initByArray(key: readonly number[]): Uint32Array {
  const mt = new Uint32Array(N);
  mt[0] = 19650218;
  for (let i = 1; i < N; i++) mt[i] = Math.imul(1812433253, carried(mt, i)) + i;
  let i = 1;
  for (let k = Math.max(N, key.length), j = 0; k > 0; k--, j = (j + 1) % key.length) {
    mt[i] = (mt[i]! ^ Math.imul(carried(mt, i), 1664525)) + key[j]! + j;
    i = advanced(mt, i);
  }
  for (let k = N - 1; k > 0; k--) {
    mt[i] = (mt[i]! ^ Math.imul(carried(mt, i), 1566083941)) - i;
    i = advanced(mt, i);
  }
  mt[0] = 0x80000000;
  return mt;
}

function carried(mt: Uint32Array, i: number): number {
  const previous = mt[i - 1]!;
  return previous ^ (previous >>> 30);
}

function advanced(mt: Uint32Array, i: number): number {
  if (i + 1 < N) return i + 1;
  mt[0] = mt[N - 1]!;
  return 1;
}

function sample<T>(
  list: readonly T[],
  { k, below }: { readonly k: number; readonly below: (n: number) => number },
): T[] {
  const n = list.length;
  if (k < 0 || k > n) throw new RangeError(`sample: ${k} asked of a list of ${n}`);
  // CPython copies the list into a pool when that is smaller than a set of k members.
  const limit = 21 + (k > 5 ? 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 0);
  if (n <= limit) {
    const pool = [...list];
    return Array.from({ length: k }, (_, i) => {
      const j = below(n - i);
      const picked = pool[j]!;
      pool[j] = pool[n - i - 1]!;
      return picked;
    });
  }
  const taken = new Set<number>();
  while (taken.size < k) taken.add(below(n));
  return [...taken].map((j) => list[j]!);
}

function picker<T>(list: readonly T[], weights?: readonly number[]): (u: number) => T {
  if (weights === undefined) return (u) => list[Math.floor(u * list.length)]!;
  if (weights.length !== list.length)
    throw new RangeError(`choices: ${weights.length} weights for ${list.length} members`);
  let total = 0;
  const cumulative = weights.map((weight) => (total += weight));
  if (!(total > 0) || !Number.isFinite(total))
    throw new RangeError(
      `choices: the weights add up to ${total}; the total must be above zero and finite`,
    );
  return (u) => {
    const at = cumulative.findIndex((sum) => u * total < sum);
    return list[at === -1 ? list.length - 1 : at]!;
  };
}

function bitLength(n: number): number {
  return n < 4294967296 ? 32 - Math.clz32(n) : 64 - Math.clz32(Math.floor(n / 4294967296));
}

function swap(list: unknown[], i: number, j: number): void {
  const kept = list[i];
  list[i] = list[j];
  list[j] = kept;
}

function encode(mt: Uint32Array): string {
  const view = new DataView(new ArrayBuffer(N * 4));
  mt.forEach((value, i) => view.setUint32(i * 4, value, true));
  return btoa(String.fromCharCode(...new Uint8Array(view.buffer)));
}

function decode(text: string): Uint32Array {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  if (bytes.length !== N * 4)
    throw new RangeError(`createRandom: the state holds ${bytes.length} bytes instead of ${N * 4}`);
  const view = new DataView(bytes.buffer);
  const mt = new Uint32Array(N);
  for (let i = 0; i < N; i++) mt[i] = view.getUint32(i * 4, true);
  return mt;
}
