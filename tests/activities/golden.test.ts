import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstDifference } from '../../scripts/golden/compare.ts';
import { openDatabase } from '../db/database.ts';
import { prepare, readRun } from '../workflows/golden/durable.ts';
import { goldenActivities, loadGolden, PROJECT } from '../workflows/golden/stage.ts';

const skip = process.env['ATTUNE_LONG'] === '1' ? false : 'takes half a minute; set ATTUNE_LONG=1';

test(
  'a golden trace with three prompts and the objective scores of three scorers is equal through steps and database',
  { skip },
  async () => {
    const trace = 's07_objective_all_merge';
    const golden = loadGolden(trace);
    assert.equal(Object.keys(golden.seed_candidate).length, 3);
    const { db } = await openDatabase();
    await prepare(db, trace);
    const paid: string[] = [];
    const activities = goldenActivities({
      db,
      pay: (what) => void paid.push(what),
      stored: () => undefined,
    });
    const ref = { project: PROJECT, cycle: trace, number: 1 };
    for (let turn = 0; ; turn += 1) {
      const { done, run, from, to } = await activities.stepOptimize({ ref, turn });
      if (done) break;
      await activities.runRollouts({ project: PROJECT, run, from, to });
      await activities.judgeRollouts({ project: PROJECT, run, from, to });
      await activities.reflect({ ref, turn });
    }
    assert.equal(firstDifference(golden, await readRun(db, trace)), null);
    assert.equal(new Set(paid).size, paid.length, 'a call was paid twice');
  },
);
