import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { resultsOf } from '../../../client/evaluate/results.ts';
import { readExamples } from '../../../client/files/examples.ts';
import { judgeDefinition } from '../../../contracts/judge.ts';
import { createJudgeVersion } from '../../../db/versions/judges.ts';
import * as runs from '../../../db/runs/runs.ts';
import { openDatabase } from '../../db/database.ts';
import { importRows, PROJECT } from '../../db/fixture.ts';

const folder = join(process.env['ATTUNE_SHARED'] ?? '../shared', 'data', 'pandalm');
const skip = existsSync(folder) ? false : `PandaLM is not at ${folder}; set ATTUNE_SHARED`;

type Said = { readonly row_id: string; readonly rater: string; readonly value: string | null };
type Row = {
  readonly id: string;
  readonly expectations: { readonly preference: string };
  readonly tags: { readonly app: string; readonly instruction_group: string };
};

const read = <T>(name: string): T[] =>
  readFileSync(join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

test(
  'PandaLM as recorded outputs: the stored agreement of each recorded judge with the majority is the direct count of the files',
  { skip },
  async () => {
    const { db } = await openDatabase();
    const path = join(folder, 'rows.jsonl');
    const { examples } = readExamples({ path, conversation: 'tags.instruction_group' });
    await importRows(db, examples);
    const said = Map.groupBy(read<Said>('judges.jsonl'), ({ rater }) =>
      rater.replace(/^judge:/, ''),
    );
    const at = { project: PROJECT, run: 'evaluate/pandalm' };
    await planRecorded(at, [...said.keys()]);
    const majority = new Map(examples.map((row) => [row.id, row.expectations!['preference']]));
    for (const [name, verdicts] of said) {
      const byRow = new Map(verdicts.map((verdict) => [verdict.row_id, verdict.value]));
      const assessments = examples.map(({ id }, ordinal) => {
        const value = byRow.get(id) ?? null;
        const error = value === null ? { kind: 'unparseable', message: 'no verdict' } : null;
        const score = value === null ? null : Number(value === majority.get(id));
        const assessment = {
          name,
          value,
          score,
          rationale: null,
          error,
          source: name,
          evidence: {},
        };
        return { ordinal, scorer: `${name}@1`, assessment };
      });
      await runs.saveAssessments(db, { ...at, assessments });
    }
    const results = await resultsOf(db, await runs.getRun(db, at), []);
    const rows = read<Row>('rows.jsonl');
    for (const [name, verdicts] of said) {
      const values = new Map(verdicts.map((verdict) => [verdict.row_id, verdict.value]));
      checkAgainst(rows, values, results.scorers[name]!);
      for (const { value: app, found } of results.slices[name]!.filter(({ tag }) => tag === 'app'))
        checkAgainst(
          rows.filter(({ tags }) => tags.app === app),
          values,
          found,
        );
    }

    async function planRecorded(ref: typeof at, names: readonly string[]): Promise<void> {
      for (const name of names)
        await createJudgeVersion(db, {
          project: PROJECT,
          definition: judgeDefinition.parse({
            name,
            instructions: 'Which of {{outputs}} answers {{inputs}} better?',
            value: { type: 'categories', categories: { response1: 1, tie: 0.5, response2: 0 } },
          }),
          memory: null,
        });
      await runs.createRun(db, {
        alone: { project: PROJECT, datasetVersion: 'messages@1', spec: { agent: 'r', models: {} } },
        name: ref.run,
        kind: 'evaluate',
        scorers: names.map((name) => `${name}@1`),
        agent: 'recorded',
        agentFingerprint: 'recorded',
        models: {},
      });
      await runs.addArm(db, { ...ref, arm: 'recorded', texts: {} });
      const cells = examples.map(({ id, outputs }) => ({
        arm: 'recorded',
        example: id,
        trial: 0,
        recorded: { outputs: outputs!, traceId: null },
      }));
      await runs.planRollouts(db, { ...ref, cells });
    }
  },
);

/** Counted from the lines of the files alone. */
function checkAgainst(
  rows: readonly Row[],
  values: ReadonlyMap<string, string | null>,
  found: {
    readonly n: number;
    readonly missing: number;
    readonly mean: number | null;
    readonly clusters: number;
  },
): void {
  const told = rows.filter(({ id }) => values.get(id) !== null);
  const agreeing = told.filter((row) => values.get(row.id) === row.expectations.preference);
  assert.equal(found.n, told.length);
  assert.equal(found.missing, rows.length - told.length);
  assert.equal(found.clusters, new Set(told.map(({ tags }) => tags.instruction_group)).size);
  assert.ok(Math.abs(found.mean! - agreeing.length / told.length) < 1e-12);
}
