import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentAwayError, watchFirstRows } from '../../activities/evaluate/first-rows.ts';
import type { AgentResult } from '../../agents/result.ts';

const result = (unreachable: boolean): AgentResult => ({
  status: unreachable ? 'missing' : 'failed',
  outputs: null,
  error: { kind: 'infrastructure', message: 'the agent at http://x/ cannot be reached' },
  trace: { id: 't', status: 'ERROR', inputs: {}, outputs: null, spans: [] },
  exported: null,
  latencyMs: 0,
  price: 0,
  ...(unreachable && { unreachable }),
});

test('a run of which none of the first five rows gets through is stopped, and its other rows with it', () => {
  const first = watchFirstRows({ run: 'evaluate/x', rows: 66, answered: false });
  for (let n = 0; n < 4; n++) first.see(result(true));
  assert.throws(
    () => first.see(result(true)),
    (error) => {
      assert.ok(error instanceof AgentAwayError && !error.retryable);
      assert.match(error.message, /none of its first 5 rows got through: .*cannot be reached/);
      return true;
    },
  );
  assert.ok(first.signal.aborted);
});

test('a run with fewer rows is stopped when none of them gets through', () => {
  const first = watchFirstRows({ run: 'evaluate/x', rows: 1, answered: false });
  assert.throws(() => first.see(result(true)), AgentAwayError);
});

test('a row that got through, now or before, leaves outages to the rows they meet', () => {
  const now = watchFirstRows({ run: 'evaluate/x', rows: 66, answered: false });
  now.see(result(false));
  const before = watchFirstRows({ run: 'evaluate/x', rows: 66, answered: true });
  for (let n = 0; n < 20; n++) for (const first of [now, before]) first.see(result(true));
});
