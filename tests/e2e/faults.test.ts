import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { z } from 'zod';
import { readReport } from '../../client/cycle/read-report.ts';
import { getCycle } from '../../db/cycles/cycles.ts';
import { CLONE } from '../../stack/layout.ts';
import { attune, type Ran } from '../client/cli.ts';
import { runCycle } from './cycle.ts';
import { type Fickle, fickleModel } from './fickle.ts';
import { crashSpec } from './spec.ts';
import { startTestStack, type TestStack } from './stack.ts';

const LIMIT = { timeout: 150_000 };
/** The first cycle places the conversations; with a salt of its own each run would search on other examples. */
const SALT = 'crash-2';
/** Nobody labels: such a cycle ends after the wait, as nothing here is about the search. */
const SHORT = { label: { raters: 3, minimum: 20, deadline: '1s', short: 'stop' } };

let model: Fickle;
let stack: TestStack;

before(async () => {
  model = await fickleModel();
  stack = await startTestStack({
    env: {
      ATTUNE_CONFIG: join(CLONE, 'tests', 'e2e', 'fixtures', 'config.ts'),
      OPENAI_BASE_URL: model.endpoint,
      OPENAI_API_KEY: 'a key of the test',
      ATTUNE_MODEL: 'practice-agent',
      ATTUNE_MODEL_JUDGE: 'practice-judge',
      ATTUNE_MODEL_REFLECTION: 'practice-reflector',
    },
  });
}, LIMIT);

after(async () => {
  await stack?.close();
  model?.close();
});

const here = () => ({ ATTUNE_DATA: stack.dataDir, ATTUNE_SPLIT_SALT: SALT });
const resume = (cycle: string): Promise<Ran> =>
  attune(['cycle', 'resume', cycle, '--watch'], { env: here() });
const listed = z.object({
  state: z.string(),
  note: z.string(),
  endedAt: z.string().nullable(),
});

/** A person starts a cycle in a shell and watches it to its end. */
function watch(changes: Readonly<Record<string, unknown>>): Promise<Ran> {
  const { path } = crashSpec(dirname(stack.dataDir), { ...SHORT, ...changes });
  return attune(['cycle', 'start', path, '--watch'], { env: here() });
}

test('a wrong key: the cycle ends with its name, the remedy and exit code 2', LIMIT, async () => {
  model.be('wrong key');
  const { code, err } = await watch({ cycle: 'wrong-key' });
  assert.equal(code, 2, err);
  assert.match(err, /AuthenticationError/);
  assert.match(err, /OPENAI_API_KEY/);
  assert.ok(!err.includes('a key of the test'), 'the key itself is not shown');
});

test(
  'an unreachable model: tried five times, then told with its address and exit code 1',
  LIMIT,
  async () => {
    model.be('hangs up');
    const { code, err } = await watch({ cycle: 'unreachable' });
    assert.equal(code, 1, err);
    assert.match(err, /127\.0\.0\.1/);
    assert.match(err, /nothing was run yet/);
    assert.ok(model.asked() <= 10, `${model.asked()} requests`);
  },
);

test('a cycle that failed says so and why wherever it is listed or shown', LIMIT, async () => {
  const told = await attune(['cycle', 'list', 'unreachable', '--json'], { env: here() });
  const [row] = z.array(listed).parse(JSON.parse(told.out));
  assert.equal(row?.state, 'failed');
  assert.match(row.note, /127\.0\.0\.1/);
  assert.ok(row.endedAt !== null);
  const shown = await attune(['cycle', 'show', 'unreachable'], { env: here() });
  assert.match(shown.out, /failed: .*127\.0\.0\.1/);
  assert.doesNotMatch(shown.out, /running/);
});

test(
  'a cycle that failed goes on when it is resumed, and one that has ended does not',
  LIMIT,
  async () => {
    model.be('answers');
    const name = { project: 'default', cycle: 'unreachable', number: 1 };
    const { code, err } = await resume(name.cycle);
    assert.equal(code, 4, `labels are short, as nobody labels here: ${err}`);
    const { state, note, phase } = await getCycle(await stack.cli().connections.database(), name);
    assert.deepEqual([state, phase], ['ended', 'report']);
    assert.doesNotMatch(note ?? '', /127\.0\.0\.1/);
    const again = await resume(name.cycle);
    assert.equal(again.code, 2);
    assert.match(again.err, /ended as labels-short.*cycle start/s);
  },
);

test(
  'an agent that ignores its prompt: refused by the canary with exit code 2',
  LIMIT,
  async () => {
    model.be('answers');
    const { code, err } = await watch({ cycle: 'deaf', agent: 'deaf' });
    assert.equal(code, 2, err);
    assert.match(err, /prompt `router`/);
    assert.match(err, /change nothing/);
  },
);

test(
  'an agent nobody declared: refused with the names there are and exit code 2',
  LIMIT,
  async () => {
    const { code, err } = await watch({ cycle: 'nobody', agent: 'nobody' });
    assert.equal(code, 2, err);
    assert.match(err, /`nobody`/);
    assert.match(err, /telecom-router/);
  },
);

test(
  'an agent that throws and hangs: failures are outcomes with the lowest score, and the cycle goes on',
  LIMIT,
  async () => {
    const { code, err } = await watch({ cycle: 'failing', agent: 'failing' });
    assert.equal(code, 4, `labels are short, as nobody labels here: ${err}`);
    const report = await reportOf('failing');
    const { failed, missing, n } = report.evaluation!;
    assert.ok(failed > 0 && failed < n, `${failed} of ${n} failed`);
    assert.equal(missing, 0);
  },
);

test('a storm of 429 with retry-after: waited out, nothing is missing', LIMIT, async () => {
  model.be('storm');
  const { code, err } = await watch({ cycle: 'storm' });
  assert.equal(code, 4, err);
  const { failed, missing } = (await reportOf('storm')).evaluation!;
  assert.deepEqual([failed, missing], [0, 0]);
});

test(
  'judge replies that are not JSON: asked again once, then missing with a reason, never a zero',
  LIMIT,
  async () => {
    model.be('prose');
    const { code, err } = await watch({ cycle: 'prose' });
    assert.equal(code, 4, err);
    const { evaluation } = await reportOf('prose');
    assert.ok(evaluation, 'what could not be measured is counted');
    assert.equal(evaluation.n, 0);
    assert.equal(evaluation.mean, null);
    assert.ok(evaluation.missing > 30, `${evaluation.missing} missing`);
  },
);

test(
  'after all of it the same stack takes a cycle to its end, with everything measured',
  LIMIT,
  async (t) => {
    model.be('answers');
    const spec = crashSpec(dirname(stack.dataDir), { cycle: 'recovered' });
    const { report } = await runCycle({ stack, spec, salt: SALT });
    t.diagnostic(`${report.outcome}`);
    // A search of 60 rollouts need not find a better prompt; that it was made, and on what, is the point.
    assert.ok((report.optimize?.rollouts ?? 0) >= 40, `${report.optimize?.rollouts} rollouts`);
    assert.equal(report.evaluation?.missing, 0);
    assert.equal(report.baseline?.missing, 0);
  },
);

async function reportOf(cycle: string) {
  const report = await readReport(stack.cli(), { project: 'default', cycle, number: 1 });
  assert.ok(report, `${cycle} has a report`);
  return report;
}
