import assert from 'node:assert/strict';
import { test } from 'node:test';
import { firstDifference } from '../../../scripts/golden/compare.ts';
import { readGolden } from '../../../scripts/golden/format.ts';
import { replay } from '../../../scripts/golden/replay.ts';
import { drawConfigs } from './reference/configs.ts';
import { skip, traceGepa } from './reference/gepa.ts';

test(
  'two hundred further runs of gepa 0.1.4, drawn over all its options and stoppers, are reproduced event for event',
  { skip },
  (t) => {
    const traced = traceGepa(drawConfigs(200, 6));
    const whole = traced.flatMap((trace) => ('broke' in trace ? [] : [trace]));
    const events = whole.reduce((sum, trace) => sum + trace.events.length, 0);
    t.diagnostic(`${whole.length} runs, ${events} events`);
    assert.ok(whole.length >= 190, 'the library breaks off only where an ancestor has mean 0');
    for (const trace of whole) {
      const golden = readGolden(JSON.stringify(trace));
      assert.equal(firstDifference(golden, replay(golden)), null, trace.config.name);
    }
  },
);
