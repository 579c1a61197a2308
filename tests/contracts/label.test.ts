import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labelLine } from '../../contracts/label.ts';

test('outer spaces and the composition of letters make no other rater', () => {
  const raters = ['zoë', ' zoë ', 'zoe\u0308', 'zoë\t'].map(
    (rater) => labelLine.parse({ trace_id: 't', name: 'j', value: true, rater }).rater,
  );
  assert.deepEqual(new Set(raters), new Set(['zoë']));
  assert.equal(
    labelLine.safeParse({ trace_id: 't', name: 'j', value: true, rater: '  ' }).success,
    false,
  );
});
