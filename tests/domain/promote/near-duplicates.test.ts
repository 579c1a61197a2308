import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../domain/random.ts';
import { createDisjoint } from '../../../domain/promote/disjoint.ts';
import { joinNearDuplicates } from '../../../domain/promote/near-duplicates.ts';

/** Every pair compared the plain way. */
function slowly(texts: readonly string[]): number[] {
  const sets = texts.map((text) => {
    const words = text.toLowerCase().split(' ');
    return new Set(
      Array.from({ length: Math.max(0, words.length - 4) }, (_, i) =>
        words.slice(i, i + 5).join(' '),
      ),
    );
  });
  const { join, find } = createDisjoint(texts.length);
  for (const [i, a] of sets.entries())
    for (const [j, b] of sets.entries()) {
      if (j >= i) break;
      const shared = [...a].filter((gram) => b.has(gram)).length;
      const alike = shared / (a.size + b.size - shared) > 0.6;
      if (a.size === 0 || b.size === 0 ? texts[i] === texts[j] : alike) join(i, j);
    }
  return texts.map((_, i) => find(i));
}

test('the index finds exactly the pairs that comparing all of them finds', () => {
  const random = createRandom(7);
  for (let round = 0; round < 20; round += 1) {
    const bases = Array.from({ length: 6 }, () =>
      Array.from({ length: 3 + random.below(25) }, () => `w${random.below(30)}`),
    );
    const texts = Array.from({ length: 60 }, () => {
      const base = [...(bases[random.below(6)] ?? [])];
      for (let edit = random.below(5); edit > 0; edit -= 1)
        base[random.below(base.length)] = `w${random.below(30)}`;
      return base.join(' ');
    });
    const { find } = joinNearDuplicates(
      texts.map((text, owner) => ({ owner, text })),
      texts.length,
    );
    assert.deepEqual(
      texts.map((_, i) => find(i)),
      slowly(texts),
      `round ${round}`,
    );
  }
});

test('a Jaccard of exactly 0.6 does not join', () => {
  // Four grams each, three of them shared: 3 / 5.
  const a = 'a b c d e f g h';
  const b = 'a b c d e f g x';
  const { find } = joinNearDuplicates(
    [a, b].map((text, owner) => ({ owner, text })),
    2,
  );
  assert.notEqual(find(0), find(1));
});
