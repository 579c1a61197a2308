import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { judgeDefinition } from '../../../contracts/judge.ts';
import type { Db } from '../../../db/connect.ts';
import { openDatabase } from '../../db/database.ts';
import { example } from '../../db/fixture.ts';
import { traceOfSpans } from './spans.ts';
import { assessAll, type Served, startPractice } from './world.ts';

const SPANS = 2_000;
const LIMITS = { steps: 5, tokens: 6_000 };

let db: Db;
let practice: Served;
before(async () => {
  ({ db } = await openDatabase());
  practice = await startPractice();
});
after(() => practice.close());

const trace = traceOfSpans(
  'long',
  Array.from({ length: SPANS - 1 }, (_, n) => ({
    name: n % 3 === 0 ? 'lookup' : 'step',
    kind: n % 3 === 0 ? ('tool' as const) : ('chain' as const),
    inputs: { customer: `C-${n}` },
    outputs:
      n === 1_500 ? { error: 'the contract was cancelled twice' } : { text: 'x'.repeat(400) },
  })),
);

type Step = {
  readonly tool: string;
  readonly arguments: object;
  readonly spans: readonly string[];
};
type Evidence = {
  readonly trace: {
    readonly steps: readonly Step[];
    readonly turns: number;
    readonly tokens: number;
  };
};

const judged = async (project: string, limits: typeof LIMITS) => {
  const from = practice.seen.bodies.length;
  const { found } = await assessAll({
    db,
    project,
    rows: [
      {
        ...example('train-1', {
          inputs: { message: 'was something cancelled' },
          outputs: { answer: 'no' },
          tags: { part: 'train' },
        }),
        trace,
      },
    ],
    base: practice.base,
    scorers: [
      judgeDefinition.parse({
        name: 'walker',
        instructions: 'Did the agent in {{trace}} do what {{inputs}} asks?',
        value: { type: 'boolean' },
        trace: limits,
      }),
    ],
  });
  const [row] = found['walker']!;
  assert.equal(row!.assessment?.error, null);
  return {
    evidence: (row!.evidence as unknown as Evidence).trace,
    bodies: practice.seen.bodies.slice(from),
  };
};

test('on 2,000 spans the judge stays within steps and tokens, and its evidence names real spans', async () => {
  const { evidence, bodies } = await judged('walk', LIMITS);
  assert.ok(evidence.turns <= LIMITS.steps, `${evidence.turns} turns`);
  assert.ok(evidence.tokens <= LIMITS.tokens, `${evidence.tokens} tokens`);
  const tools = evidence.steps.map(({ tool }) => tool);
  assert.ok(tools.includes('search') && tools.includes('read_span'), tools.join());
  const known = new Set(trace.spans.map(({ id }) => id));
  const named = evidence.steps.flatMap(({ spans }) => spans);
  assert.ok(named.length > 0 && named.every((id) => known.has(id)));
  // Each turn, and the verdict.
  assert.ok(bodies.length <= LIMITS.steps + 1);
  const verdict = JSON.parse(bodies.at(-1)!) as {
    messages: { content: string }[];
    tools?: unknown;
  };
  assert.equal(verdict.tools, undefined);
  assert.match(verdict.messages[1]!.content, /<trace>\n\{"read":/);
});

test('the bound on steps ends a reading that would go on, and the verdict is given on what was read', async () => {
  const { evidence, bodies } = await judged('one-step', { steps: 1, tokens: 200_000 });
  assert.equal(evidence.turns, 1);
  assert.equal(bodies.length, 2, 'one reply with tools, and the verdict');
});

test('so does the bound on tokens', async () => {
  const { evidence } = await judged('tight', { steps: 12, tokens: 1_800 });
  assert.ok(evidence.turns < LIMITS.steps, `${evidence.turns} turns`);
  assert.ok(evidence.tokens <= 1_800, `${evidence.tokens} tokens`);
});
