import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { loadConfig } from '../../agents/load.ts';
import { judgeDefinition } from '../../contracts/judge.ts';
import { type CycleSpec, cycleSpec } from '../../contracts/spec.ts';
import { variablesOf } from '../../contracts/template.ts';

const root = resolve(import.meta.dirname, '../..');
const yaml = (...path: string[]): unknown =>
  parse(readFileSync(join(root, 'examples', ...path), 'utf8'));

function filesOf({ prompts, judge }: CycleSpec): readonly string[] {
  const named = Object.values(prompts).filter((path) => path !== null);
  return typeof judge === 'string' ? [...named, judge] : named;
}

for (const example of ['telecom', 'banking77']) {
  test(`the spec of ${example} is valid and the prompt and judge it names are there`, () => {
    const spec = cycleSpec.parse(yaml(example, 'cycle.yaml'));
    for (const file of filesOf(spec))
      assert.ok(existsSync(join(root, 'examples', example, file)), file);
  });

  test(`the judge of ${example} asks for inputs and outputs and nothing else`, () => {
    const judge = judgeDefinition.parse(yaml(example, 'judge.yaml'));
    assert.deepEqual(variablesOf(judge.instructions), ['inputs', 'outputs']);
    assert.equal(judge.value.type, 'boolean');
  });
}

test('the telecom spec names an agent that attune.config.ts declares with the same prompts', async () => {
  const { agent, prompts } = cycleSpec.parse(yaml('telecom', 'cycle.yaml'));
  assert.ok(typeof agent === 'string');
  const { agents } = await loadConfig(join(root, 'attune.config.ts'));
  assert.deepEqual(agents[agent]?.record.prompts, Object.keys(prompts));
});
