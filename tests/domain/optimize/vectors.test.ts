import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRandom } from '../../../domain/random.ts';
import { extractProposal } from '../../../domain/optimize/extract.ts';
import { mergeSubsample, searchMerge } from '../../../domain/optimize/merge.ts';
import type { AncestorLog, Components, MergeDescription } from '../../../domain/optimize/merge.ts';
import { prune, samplingList, survivors } from '../../../domain/optimize/pareto.ts';
import {
  checkTemplate,
  reflectionPrompt,
  referencePrompt,
} from '../../../domain/optimize/reflect.ts';
import type { ReflectiveRecord } from '../../../domain/optimize/reflect.ts';
import { freshSampler, nextBatch } from '../../../domain/optimize/sample.ts';
import { selectParent } from '../../../domain/optimize/select.ts';

type Rendered = {
  readonly name?: string;
  readonly current: string;
  readonly records: readonly ReflectiveRecord[];
  readonly template: string | null;
  readonly prompt: string;
};

type MergeVector = {
  readonly name: string;
  readonly candidates: readonly Components[];
  readonly parents: readonly (readonly (number | null)[])[];
  readonly scores: readonly number[];
  readonly merge_candidates: readonly number[];
  readonly seed: number;
  readonly performed_before: readonly [readonly AncestorLog[], readonly MergeDescription[]];
  readonly overlap_ok: boolean;
  readonly results: readonly {
    readonly found?: {
      readonly i: number;
      readonly j: number;
      readonly ancestor: number;
      readonly candidate: Components;
    } | null;
    readonly error?: string;
    readonly rng_words: number;
  }[];
  readonly performed_after: readonly [readonly AncestorLog[], readonly MergeDescription[]];
};

type Vectors = {
  readonly extractor: readonly { readonly input: string; readonly output: string }[];
  readonly renderer: readonly Rendered[];
  readonly renderer_reference_quirks: { readonly cases: readonly Rendered[] };
  readonly template_errors: readonly { readonly template: string; readonly error: string }[];
  readonly sampler: readonly {
    readonly n: number;
    readonly b: number;
    readonly seed: number;
    readonly calls_per_iteration: number;
    readonly grow_at: readonly [number, number] | null;
    readonly batches: readonly (readonly (readonly number[])[])[];
    readonly rng_words: number;
  }[];
  readonly pruning: readonly {
    readonly name: string;
    readonly fronts: readonly (readonly number[])[];
    readonly scores: readonly number[];
    readonly after: readonly (readonly number[])[];
    readonly merge_candidates: readonly number[];
    readonly sampling_list: readonly number[];
    readonly picks_seed_7: readonly number[];
    readonly top_k_5_picks_seed_7: readonly number[];
  }[];
  readonly merge: readonly MergeVector[];
  readonly merge_subsample: readonly {
    readonly seed: number;
    readonly scores_i: readonly number[];
    readonly scores_j: readonly number[];
    readonly ids: readonly number[];
    readonly rng_words: number;
  }[];
};

const file = new URL('fixtures/vectors.json', import.meta.url);
const vectors: Vectors = JSON.parse(readFileSync(file, 'utf8'));

test('the extractor finds the proposal in every form of reply', () => {
  for (const { input, output } of vectors.extractor)
    assert.equal(extractProposal(input), output, JSON.stringify(input));
});

test('prompts are rendered byte for byte as the reference renders them', () => {
  for (const { name, current, records, template, prompt } of vectors.renderer) {
    const parts = { current, records, ...(template === null ? {} : { template }) };
    assert.equal(referencePrompt(parts), prompt, name);
    assert.equal(reflectionPrompt(parts), prompt, name);
  }
});

test('a literal <side_info> in a candidate is expanded as by the reference, and guarded by default', () => {
  const { current, records, template, prompt } = vectors.renderer_reference_quirks.cases[1]!;
  const parts = { current, records, template: template! };
  assert.equal(referencePrompt(parts), prompt);
  assert.equal(
    reflectionPrompt(parts),
    'CUR[mentions <side_info> literally]\nSIDE[# Example 1\n## Inputs\nq\n\n]',
  );
});

test('a template without a placeholder is refused in the words of the reference', () => {
  for (const { template, error } of vectors.template_errors)
    assert.throws(() => checkTemplate(template), {
      name: 'ReflectionTemplateError',
      message: error,
    });
});

test('the sampler hands out the batches of the reference, with growing sets and several calls', () => {
  for (const { n, b, seed, calls_per_iteration, grow_at, batches, rng_words } of vectors.sampler) {
    const random = createRandom(seed);
    let sampler = freshSampler;
    batches.forEach((calls, iteration) => {
      assert.equal(calls.length, calls_per_iteration);
      const size = grow_at !== null && iteration >= grow_at[0] ? grow_at[1] : n;
      const ids = Array.from({ length: size }, (_, at) => at);
      for (const expected of calls) {
        const drawn = nextBatch(sampler, { ids, minibatch: b, iteration, random });
        sampler = drawn.sampler;
        assert.deepEqual(drawn.batch, expected, `n ${n}, b ${b}, iteration ${iteration}`);
      }
    });
    assert.equal(random.words, rng_words);
  }
});

test('pruning, merge candidates, sampling lists and picks equal the reference', () => {
  for (const vector of vectors.pruning) {
    const { name, fronts, scores } = vector;
    assert.deepEqual(prune(fronts, scores), vector.after, name);
    assert.deepEqual(survivors(fronts, scores), vector.merge_candidates, name);
    assert.deepEqual(samplingList(fronts, scores), vector.sampling_list, name);
    for (const [selector, picks] of [
      [{ kind: 'pareto' }, vector.picks_seed_7],
      [{ kind: 'top_k_pareto', k: 5 }, vector.top_k_5_picks_seed_7],
    ] as const) {
      const random = createRandom(7);
      const picked = picks.map(() => selectParent({ selector, fronts, scores, random }));
      assert.deepEqual(picked, picks, `${name}, ${selector.kind}`);
    }
  }
});

for (const vector of vectors.merge)
  test(`merge as the reference: ${vector.name}`, () => {
    const random = createRandom(vector.seed);
    const performed = [...vector.performed_before[0]];
    const descriptions = [...vector.performed_before[1]];
    const search = (evenAncestors: boolean) =>
      searchMerge({
        random,
        offered: vector.merge_candidates,
        candidates: vector.candidates,
        parents: vector.parents.map((list) => list.filter((parent) => parent !== null)),
        scores: vector.scores,
        performed,
        descriptions,
        overlaps: () => vector.overlap_ok,
        evenAncestors,
      });
    for (const { found: expected, error, rng_words } of vector.results) {
      if (error !== undefined) {
        assert.throws(() => search(false), /add up to 0/);
        assert.ok(search(true) !== null, 'the mend draws an ancestor uniformly');
        return;
      }
      const found = search(false);
      if (expected === null || expected === undefined) assert.equal(found, null);
      else {
        const { i, j, ancestor, candidate } = expected;
        assert.deepEqual(
          { ...found, description: null },
          { i, j, ancestor, components: candidate, description: null },
        );
        performed.push([i, j, ancestor]);
        descriptions.push(found!.description);
      }
      assert.equal(random.words, rng_words);
    }
    assert.deepEqual([performed, descriptions], vector.performed_after);
  });

test('the merge subsample equals the reference', () => {
  for (const { seed, scores_i, scores_j, ids, rng_words } of vectors.merge_subsample) {
    const random = createRandom(seed);
    const picked = mergeSubsample({
      random,
      shared: scores_i.map((_, at) => at),
      scoreI: (at) => scores_i[at]!,
      scoreJ: (at) => scores_j[at]!,
    });
    assert.deepEqual([picked, random.words], [ids, rng_words]);
  }
});
