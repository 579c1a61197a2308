import assert from 'node:assert/strict';
import { test } from 'node:test';
import { outcomeOf, reasonsIn } from '../../../domain/evaluate/not-measured.ts';

const row = (example: string) => ({
  example,
  conversation: example,
  trial: 0,
  latencyMs: null,
  traceId: null,
  status: 'ok' as const,
  error: null,
  assessment: { score: 1, error: null },
});
const away = { kind: 'infrastructure', message: 'cannot be reached: ECONNREFUSED' };

test('each row says its score, or why it has none: the agent first, then the scorer', () => {
  const rows = [
    row('good'),
    { ...row('away'), status: 'missing' as const, error: away, assessment: null },
    {
      ...row('broken'),
      status: 'failed' as const,
      error: { kind: 'agent-error', message: 'KeyError' },
    },
    {
      ...row('unread'),
      assessment: { score: null, error: { kind: 'unparseable', message: 'no verdict' } },
    },
    { ...row('later'), status: 'pending' as const, assessment: null },
    { ...row('none'), assessment: { score: null, error: null } },
  ];
  const told = rows.map((one) => outcomeOf('tone', one));
  assert.deepEqual(
    told.map(({ outcome, score, reason }) => [outcome, score, reason]),
    [
      ['score', 1, null],
      ['missing', null, 'infrastructure: cannot be reached: ECONNREFUSED'],
      ['failed', 0, 'agent-error: KeyError'],
      ['missing', null, 'unparseable: no verdict'],
      ['missing', null, 'not asked yet'],
      ['not-applicable', null, null],
    ],
  );
});

test('equal reasons are counted, the most frequent first', () => {
  const lost = { ...row('a'), status: 'missing' as const, error: away, assessment: null };
  const broken = {
    ...row('b'),
    status: 'failed' as const,
    error: { kind: 'agent-error', message: 'x' },
  };
  const rows = [broken, lost, lost, row('c')].map((one) => outcomeOf('tone', one));
  assert.deepEqual(
    reasonsIn(rows).map(({ outcome, rows: times }) => [outcome, times]),
    [
      ['missing', 2],
      ['failed', 1],
    ],
  );
});
