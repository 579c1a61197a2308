import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EvaluationResults } from '../../client/evaluate/results.ts';
import { CLONE } from '../../stack/layout.ts';
import { attuneHere } from '../client/cli.ts';
import { startTestStack } from './stack.ts';

const FOLDER = join(CLONE, 'examples/retention');
const failed = ({ gates }: EvaluationResults) =>
  gates.filter(({ state }) => state === 'fail').map(({ scorer }) => scorer);
const skip = process.env['ATTUNE_LONG'] === '1' ? false : 'set ATTUNE_LONG=1';

test(
  'the walk-through of the retention example finds both faults, and the fixed prompts mend them',
  { skip, timeout: 240_000 },
  async (t) => {
    const stack = await startTestStack({
      env: { ATTUNE_CONFIG: join(FOLDER, 'attune.config.ts') },
    });
    t.after(() => stack.close());
    const attune = (...args: readonly string[]) => attuneHere(args, { ATTUNE_DATA: stack.dataDir });
    for (const name of ['supervisor', 'answer'])
      for (const file of [`${name}.md`, `${name}-fixed.md`])
        assert.equal(
          (await attune('prompt', 'register', name, join(FOLDER, 'prompts', file))).code,
          0,
        );
    const imported = await attune(
      'dataset',
      'import',
      'retention',
      join(FOLDER, 'messages.jsonl'),
      '--pin',
      'part',
    );
    assert.equal(imported.code, 0, imported.err);
    const scorers = [
      'no-competitor',
      'safety',
      'correctness',
      ...['tools', 'own-offers', 'helpful'].map((name) => join(FOLDER, 'scorers', `${name}.yaml`)),
    ];
    const evaluate = async (name: string, version: number): Promise<EvaluationResults> => {
      const prompts = ['supervisor', 'answer'].flatMap((prompt) => [
        '--prompt',
        `${prompt}@${version}`,
      ]);
      const given = scorers.flatMap((scorer) => ['--scorer', scorer]);
      const gates = ['--gate', join(FOLDER, 'scorers/gates.yaml')];
      const ran = await attune(
        'evaluate',
        '--dataset',
        'retention',
        '--agent',
        'retention',
        '--name',
        name,
        '--json',
        ...prompts,
        ...given,
        ...gates,
      );
      assert.equal(ran.code, 3, ran.err);
      return JSON.parse(ran.out) as EvaluationResults;
    };
    const before = await evaluate('before', 1);
    assert.ok(failed(before).includes('no-competitor') && failed(before).includes('tools'));
    const parts = before.slices['tools']!.filter(({ tag }) => tag === 'customer');
    const [identified, unidentified] = ['identified', 'unidentified'].map(
      (value) => parts.find((at) => at.value === value)!.found.mean!,
    );
    assert.ok(identified! > 0.9 && unidentified! < 0.5, `${identified} and ${unidentified}`);
    const after = await evaluate('after', 2);
    assert.equal(after.scorers['no-competitor']!.mean, 1);
    assert.ok(!failed(after).includes('tools'));
    const compared = await attune('compare', 'before', 'after', '--json');
    assert.equal(compared.code, 0, compared.err);
  },
);
