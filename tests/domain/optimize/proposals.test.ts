import { test } from 'node:test';
import assert from 'node:assert/strict';
import { climbing, inOneGo, levelOf, play, without } from './world.ts';
import type { World } from './world.ts';

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
        example.startsWith('v') ? 0.5 : accepted ? levelOf(prompt!) / 100 : 0.5,
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
