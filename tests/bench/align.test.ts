import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  hasPandalm,
  PANDALM,
  pandalmLesson,
  plantedLesson,
  shuffledLesson,
} from '../../bench/align/cases.ts';
import { rowsOf, summaryOf } from '../../bench/align/quality.ts';

const LIMIT = { timeout: 900_000 };
const LONG = process.env['ATTUNE_LONG'] === '1';

test(
  'a planted rule that the base instructions lack: agreement on unseen labels rises 10 points with every seed',
  LIMIT,
  async (t) => {
    const rows = await rowsOf(LONG ? 20 : 3, plantedLesson);
    for (const { seed, base, aligned } of rows) {
      t.diagnostic(`seed ${seed}: ${base.toFixed(3)} -> ${aligned.toFixed(3)}`);
      assert.ok(aligned - base >= 0.1, `seed ${seed}`);
    }
  },
);

test('with shuffled labels alignment gains nothing on average', LIMIT, async (t) => {
  const { gain, adopted, seeds } = summaryOf(
    await rowsOf(LONG ? 200 : 6, (seed) => shuffledLesson(seed)),
  );
  t.diagnostic(
    `gain ${gain.mean.toFixed(4)} (${gain.low.toFixed(4)} to ${gain.high.toFixed(4)}), adopted ${adopted} of ${seeds}`,
  );
  assert.ok(gain.low <= 0);
});

const skip = hasPandalm() ? false : `PandaLM is not at ${PANDALM}; set ATTUNE_SHARED`;
test(
  'PandaLM: the judge after the adoption rule is not worse than the base judge by more than 2 points on average',
  { ...LIMIT, skip },
  async (t) => {
    const rows = await rowsOf(LONG ? 20 : 2, pandalmLesson);
    for (const { seed, base, aligned, adopted, after } of rows)
      t.diagnostic(
        `seed ${seed}: base ${base.toFixed(3)}, aligned ${aligned.toFixed(3)}, ${adopted ? 'adopted' : 'not adopted'}, after ${after.toFixed(3)}`,
      );
    const { afterRule } = summaryOf(rows);
    t.diagnostic(
      `${afterRule.mean.toFixed(4)} (${afterRule.low.toFixed(4)} to ${afterRule.high.toFixed(4)})`,
    );
    // Two seeds say little: in CI only a collapse fails.
    assert.ok(afterRule.mean >= (LONG ? -0.02 : -0.1));
  },
);
