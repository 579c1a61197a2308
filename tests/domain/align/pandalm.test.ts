import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { agreement } from '../../../domain/statistics/agreement.ts';
import { consensusOf } from '../../../domain/label/consensus.ts';
import { valueType } from '../../../contracts/value.ts';

const folder = join(process.env['ATTUNE_SHARED'] ?? '../shared', 'data', 'pandalm');
const skip = existsSync(folder) ? false : `PandaLM is not at ${folder}; set ATTUNE_SHARED`;

type Row = {
  readonly id: string;
  readonly tags: { readonly instruction_group: string };
  readonly expectations: { readonly preference: string };
};
type Said = { readonly row_id: string; readonly rater: string; readonly value: string | null };

const read = <T>(name: string): T[] =>
  readFileSync(join(folder, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

const type = valueType.parse({
  type: 'categories',
  categories: { response1: 1, tie: 0.5, response2: 0 },
});

test(
  'agreement of the recorded PandaLM judges with the majority equals a direct computation',
  { skip },
  () => {
    const rows = read<Row>('rows.jsonl');
    const labels = Map.groupBy(read<Said>('labels.jsonl'), (label) => label.row_id);
    const verdicts = Map.groupBy(read<Said>('judges.jsonl'), (verdict) => verdict.rater);
    const ratings = (id: string) =>
      labels.get(id)!.map(({ rater, value }) => ({ rater, value: value! }));
    for (const { id, expectations } of rows) {
      const found = consensusOf(ratings(id), type);
      assert.deepEqual(found?.kind === 'value' && found.value, expectations.preference, id);
    }
    assert.equal(verdicts.size, 2);
    for (const [judge, said] of verdicts) {
      const byRow = new Map(said.map(({ row_id, value }) => [row_id, value]));
      const direct = rows.filter(({ id }) => byRow.get(id) != null);
      const agreeing = direct.filter(
        ({ id, expectations }) => byRow.get(id) === expectations.preference,
      );
      const found = agreement({
        type,
        seed: judge,
        items: rows.map(({ id, tags }) => ({
          item: id,
          conversation: tags.instruction_group,
          labels: ratings(id),
          value: byRow.get(id) ?? null,
        })),
      });
      assert.equal(found.n, direct.length, judge);
      assert.equal(found.missing, rows.length - direct.length, judge);
      assert.ok(Math.abs(found.accuracy! - agreeing.length / direct.length) < 1e-12, judge);
      assert.ok(found.accuracyInterval!.low < found.accuracy!);
      const [people, judged] = [
        countsOf(direct.map((row) => row.expectations.preference)),
        countsOf(direct.map(({ id }) => byRow.get(id)!)),
      ];
      const chance = [...people].reduce(
        (sum, [value, n]) => sum + (n * (judged.get(value) ?? 0)) / direct.length ** 2,
        0,
      );
      const kappa = (agreeing.length / direct.length - chance) / (1 - chance);
      assert.ok(Math.abs(found.kappa! - kappa) < 1e-12, judge);
      // The figure the data's own page gives: unparseable replies counted as wrong.
      if (judge === 'judge:gpt-3.5-turbo')
        assert.equal((agreeing.length / rows.length).toFixed(3), '0.698');
    }
  },
);

function countsOf(values: readonly string[]): ReadonlyMap<string, number> {
  return new Map(
    [...Map.groupBy(values, (value) => value)].map(([value, of]) => [value, of.length]),
  );
}
