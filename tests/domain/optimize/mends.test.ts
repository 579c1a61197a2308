import { test } from 'node:test';
import assert from 'node:assert/strict';
import type { Mends, OptimizeSettings } from '../../../domain/optimize/options.ts';
import { candidateOf, chance, climbing, ids, inOneGo, pairsOf, play } from './world.ts';
import type { World } from './world.ts';

const without = (mend: keyof Mends, settings: OptimizeSettings = {}): OptimizeSettings => ({
  ...settings,
  mends: { ...settings.mends, [mend]: false },
});

const levelIn = (text: string): number => Number(/level (\d+)/.exec(text)?.[1] ?? 0);

const flaky = (share: number): World => ({
  ...climbing,
  score: (texts, example) =>
    chance(`${example} ${Object.values(texts).join()} dropped`) < share
      ? { unscored: 'the judge did not answer' }
      : climbing.score(texts, example),
});

test('mend 1: an unscored pair is left out of every mean and reported, never a score of 0', () => {
  const world = flaky(0.15);
  const { result, events } = play(world);
  assert.ok(result.totals.unscored['the judge did not answer']! > 0);
  const seed = events.find((event) => event.kind === 'seed')!;
  assert.ok(seed.scores.includes(null));
  const scores = seed.scores.filter((score) => score !== null);
  assert.equal(seed.mean, scores.reduce((a, b) => a + b, 0) / scores.length);
  for (const event of events) if (event.kind === 'reject') assert.ok(event.newSum <= event.oldSum);

  const zeroed = play(world, { settings: without('leaveOutUnscored') });
  const first = zeroed.events.find((event) => event.kind === 'seed')!;
  assert.ok(!first.scores.includes(null));
  assert.ok(first.mean! < seed.mean, 'without the mend the lost pairs count as failures');
});

test('mend 1: parent and child are compared on the examples that are scored for both', () => {
  const world: World = {
    score: (texts, example) => {
      const child = texts['prompt'] !== 'seed';
      if (example.startsWith('v')) return child ? 1 : 0;
      if (child && example === 't0') return { unscored: 'the connection broke' };
      return example === 't0' ? 1 : 0;
    },
    propose: ({ proposal }) => `child ${proposal}`,
  };
  const input = { train: 3, settings: { acceptance: 'improvement_or_equal' } } as const;
  const kept = play(world, input);
  assert.ok(kept.result.finalist.candidate !== null, 'equal on t1 and t2: accepted');
  const { result } = play(world, {
    ...input,
    settings: without('leaveOutUnscored', input.settings),
  });
  assert.equal(
    result.finalist.candidate,
    null,
    'without the mend the lost pair rejects every child',
  );
});

test('mend 2: no pair is asked twice in durable mode, where the reference pays hundreds again', () => {
  const settings = { budget: 400 } as const;
  const durable = play(climbing, { settings });
  const pairs = pairsOf(durable.asks);
  assert.equal(new Set(pairs).size, pairs.length);
  assert.equal(durable.result.totals.duplicates, 0);
  assert.equal(durable.result.totals.rollouts, pairs.length);

  const reference = play(climbing, { settings: { ...settings, mode: 'reference' } });
  const paid = pairsOf(reference.asks);
  assert.ok(paid.length - new Set(paid).size > 50);
  assert.ok(reference.result.totals.duplicates > 50);
});

test('mend 2: a validation set that is the training set is paid once', () => {
  const shared = ids('x', 8);
  const { asks } = play(climbing, { input: { train: shared, validation: shared } });
  const pairs = pairsOf(asks);
  assert.equal(new Set(pairs).size, pairs.length);
  assert.ok(
    asks.every((ask) => ask.kind === 'reflect' || ask.traces),
    'reflection will need spans',
  );
});

test('mend 2: results of the seed that are paid already are neither asked nor charged', () => {
  const known = Object.fromEntries(
    [...ids('t', 12), ...ids('v', 10)].map((id) => [
      id,
      { score: Number(climbing.score({ prompt: 'seed' }, id)) },
    ]),
  );
  const { asks, state, result } = play(climbing, { input: { known } });
  assert.ok(pairsOf(asks).every((pair) => !pair.startsWith(state.seed)));
  assert.equal(result.totals.rollouts, pairsOf(asks).length);
  assert.equal(result.incumbent.mean, play(climbing).result.incumbent.mean);
});

test('mend 3: the budget is never overshot, by whatever size; the reference overshoots it', () => {
  for (let budget = 26; budget < 90; budget++) {
    const { result, asks } = play(climbing, { settings: { budget } });
    assert.ok(result.totals.rollouts <= budget, `${result.totals.rollouts} of ${budget}`);
    assert.equal(result.totals.rollouts, pairsOf(asks).length);
    assert.equal(result.stop.reason, 'budget');
  }
  const { result } = play(climbing, { settings: { mode: 'reference', budget: 30 } });
  assert.ok(result.totals.rollouts > 30);
});

test('mend 3: a budget below one full step is refused at the start with the number it takes', () => {
  assert.throws(() => play(climbing, { settings: { budget: 25 } }), {
    name: 'OptimizeBudgetError',
    budget: 25,
    needed: 26,
    message: /too small for one full step, which takes 26/,
  });
  assert.ok(play(climbing, { settings: { budget: 25, ...without('reserveBudget') } }));
});

test('mend 4: a bad proposal is told to the model once, then dropped', () => {
  const complaints: (string | undefined)[] = [];
  const violation = { kind: 'variables', detail: 'It drops {{question}}.' };
  const world: World = {
    ...climbing,
    propose: (ask, texts) => {
      complaints.push(ask.complaint?.detail);
      const mends = ask.attempt === 2 && ask.proposal % 2 === 0;
      return mends ? climbing.propose(ask, texts) : { ok: { violation } };
    },
  };
  const { result, asks, events } = play(world);
  const again = asks.filter((ask) => ask.kind === 'reflect' && ask.attempt === 2);
  assert.equal(again.length, result.totals.reflections);
  assert.ok(complaints.includes(violation.detail));
  assert.ok(result.totals.dropped['variables']! > 0);
  assert.ok(
    events.some((event) => event.kind === 'child_eval'),
    'corrected ones are tested',
  );
  const silent = play(world, { settings: without('complainOnce') });
  assert.ok(silent.asks.every((ask) => ask.kind === 'evaluate' || ask.attempt === 1));
});

test('mend 5: proposals of one iteration are asked for at once', () => {
  const { asks } = play(climbing, {
    settings: { sampling: { kind: 'pxn', p: 2, n: 3 }, budget: 300, skipPerfect: false },
  });
  const first = asks.filter((ask) => ask.kind === 'reflect' && ask.iteration === 1);
  assert.equal(first.length, 6);
});

/** Proposals of the first three iterations, where no child is accepted or every one is. */
const widths = (accepted: boolean): readonly number[] => {
  const { asks } = play(
    {
      score: ({ prompt }, example) =>
        example.startsWith('v') ? 0.5 : accepted ? levelIn(prompt!) / 100 : 0.5,
      propose: ({ proposal }) => `level ${proposal}`,
    },
    { train: 40, validation: 10, settings: { budget: 400 } },
  );
  const made = asks.filter(({ id }) => /^\d+\.reflect/.test(id));
  return [1, 2, 3].map((at) => made.filter(({ iteration }) => iteration === at).length);
};

test('mend 5: where nothing is accepted more proposals are made at once, where all is accepted fewer', () => {
  // Two where one in two is expected; then as many as there are slices, or one.
  assert.deepEqual(widths(false), [2, 13, 13]);
  assert.deepEqual(widths(true), [2, 1, 1]);
});

/** Minibatches of the first three iterations of four proposals each. */
const batches = (spreadBatches: boolean): readonly string[] => {
  const { events } = play(climbing, {
    train: 36,
    settings: {
      budget: 300,
      sampling: { kind: 'independent', n: 4 },
      skipPerfect: false,
      mends: { spreadBatches },
    },
  });
  return events.flatMap((event) =>
    event.kind === 'batch' && event.iteration <= 3 ? [event.exampleIds.join(' ')] : [],
  );
};

test('mend 5: parallel proposals are tested on slice after slice; the reference repeats them in the next iteration', () => {
  assert.equal(batches(true).length, 12);
  assert.equal(new Set(batches(true)).size, 12, 'one epoch of 36 examples, each once');
  assert.equal(new Set(batches(false)).size, 6);
});

test('mend 5: the next iteration is measured while this one is validated, and costs fewer turns', () => {
  const settings = { budget: 300 } as const;
  const turns = { ahead: 0, waiting: 0 };
  const ahead = play(
    climbing,
    { settings: { ...settings, mends: { speculate: true } } },
    (...turn) => {
      turns.ahead += 1;
      return inOneGo(...turn);
    },
  );
  const waiting = play(climbing, { settings }, (...turn) => {
    turns.waiting += 1;
    return inOneGo(...turn);
  });
  const overlaps = ahead.asks.filter(
    (ask, at) => ask.id.includes('.parent.') && ahead.asks[at - 1]?.id.includes('.validate.'),
  );
  assert.ok(overlaps.length > 0);
  assert.ok(ahead.events.every((event) => event.iteration <= ahead.result.totals.iterations));
  assert.equal(ahead.result.totals.duplicates, 0);
  const { iterations } = waiting.result.totals;
  assert.ok(turns.ahead / ahead.result.totals.iterations < turns.waiting / iterations);
});

test('mend 6: without a candidate above the incumbent there is no finalist, and the reason is said', () => {
  const noise: World = {
    score: (texts, example) =>
      texts['prompt'] === 'seed' || example.startsWith('t')
        ? chance(`${texts['prompt']} ${example}`)
        : 0,
    propose: ({ proposal }) => `noise ${proposal}`,
  };
  const { result } = play(noise);
  assert.ok(result.candidates.length > 1);
  assert.deepEqual(result.finalist, {
    candidate: null,
    reason: 'no candidate exceeds the incumbent on paired validation',
  });
});

test('mend 6: of candidates with equal means the shortest text is the finalist', () => {
  const world: World = {
    score: (texts, example) =>
      texts['prompt'] === 'seed'
        ? 0
        : example.startsWith('v')
          ? 0.5
          : texts['prompt']!.length / 100,
    propose: ({ proposal }) => 'x'.repeat(1 + proposal),
  };
  const { result, state } = play(world);
  const { finalist } = result;
  assert.ok(finalist.candidate !== null);
  const lengths = result.candidates
    .slice(1)
    .map(({ components }) => state.texts[components['prompt']!]!);
  assert.equal(state.texts[state.candidates[finalist.candidate]!['prompt']!], Math.min(...lengths));
  assert.equal(finalist.paired.mean, 0.5);
  assert.equal(finalist.paired.n, 10);
});

test('mend 6: a lead within so many standard errors is refused', () => {
  const world: World = {
    score: (texts, example) =>
      texts['prompt'] === 'seed' ? 0 : example.startsWith('t') || example === 'v0' ? 1 : 0,
    propose: ({ proposal }) => `child ${proposal}`,
  };
  assert.ok(play(world).result.finalist.candidate !== null);
  const strict = play(world, { settings: { standardErrors: 1 } });
  assert.match(JSON.stringify(strict.result.finalist), /by more than 1 standard errors/);
});

test('mend 7: merge draws an ancestor uniformly when every weight is 0; the reference dies there', () => {
  const world: World = {
    score: (texts, example) => {
      if (Object.values(texts).every((text) => text === 'seed')) return 0;
      const [a, b] = [texts['a']!, texts['b']!].map((text) => text !== 'seed');
      const odd = Number(example.slice(1)) % 2 === 1;
      return (a && odd) || (b && !odd) ? 1 : 0;
    },
    propose: ({ proposal }) => `rule ${proposal}`,
  };
  const setting = {
    seed: { a: 'seed', b: 'seed' },
    settings: {
      merge: { max: 5 },
      budget: 400,
      sampling: { kind: 'same_parent', n: 2 },
    } as OptimizeSettings,
  };
  const { result, events } = play(world, setting);
  assert.ok(events.some((event) => event.kind === 'merge_accept'));
  assert.equal(result.best?.mean, 1);
  assert.throws(
    () => play(world, { ...setting, settings: without('evenAncestors', setting.settings) }),
    /weights add up to 0/,
  );
});

test('mend 7: no candidate that loses a named example is accepted', () => {
  const world: World = {
    score: (texts, example) => {
      if (texts['prompt'] === 'seed') return example === 'v3' ? 1 : 0;
      return example === 'v3' && chance(texts['prompt']!) < 0.5 ? 0 : 1;
    },
    propose: ({ proposal }) => `child ${proposal}`,
  };
  const free = play(world, { settings: { budget: 300 } });
  const kept = play(world, { settings: { budget: 300, keep: ['v3'] } });
  const losers = ({ events }: typeof free) =>
    events.filter((event) => event.kind === 'val' && event.scores[3] === 0).length;
  assert.ok(losers(free) > 0);
  assert.equal(losers(kept), 0);
  assert.ok(kept.result.totals.dropped['regression']! > 0);
  assert.throws(
    () => play(world, { settings: { keep: ['v99'] } }),
    /"v99" is not a validation example/,
  );
});

test('earlier candidates are validated beside the seed and take part', () => {
  const warm = [candidateOf({ prompt: 'level 9' }), candidateOf({ prompt: 'level 3' })];
  const { result, events } = play(
    {
      ...climbing,
      score: (texts, example) => climbing.score({ prompt: texts['prompt'] ?? 'level 9' }, example),
    },
    { input: { warm } },
  );
  assert.equal(events.filter((event) => event.kind === 'val' && event.iteration === 0).length, 2);
  assert.deepEqual(
    result.candidates.slice(0, 3).map(({ parents }) => parents),
    [[], [], []],
  );
});
