import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lineageOf } from '../../client/optimize/watch.ts';
import type { PoolCandidate } from '../../db/engines/candidates.ts';

const candidate = (position: number, over: Partial<PoolCandidate> = {}): PoolCandidate => ({
  hash: `h${position}`,
  position,
  parents: [],
  prompts: { router: `t${position}` },
  validation: 0.5,
  fronts: ['v1'],
  discoveredAt: 0,
  length: 10,
  ...over,
});

test('a candidate is told with its parents, its mean and its fronts', () => {
  const pool = [
    candidate(0),
    candidate(1, { parents: ['h0'], validation: 0.625, fronts: ['v1', 'v2'] }),
    candidate(2),
    candidate(3, { parents: ['h1', 'h2'], validation: null, fronts: [] }),
  ];
  assert.deepEqual(
    pool.map((one) => lineageOf(one, pool)),
    [
      'candidate 0 from the prompt as it stands: validation 50.0 %, leads on 1',
      'candidate 1 from 0: validation 62.5 %, leads on 2',
      'candidate 2 from an earlier search: validation 50.0 %, leads on 1',
      'candidate 3 from 1 + 2: not measured, leads on 0',
    ],
  );
});
