import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';
import { CLONE } from '../../stack/layout.ts';
import { runCycle } from './cycle.ts';
import { requestsIn } from './requests.ts';
import { freezeTime, rowsShown, sealedRows } from './sealed.ts';
import { bankingSpec } from './spec.ts';
import { startTestStack } from './stack.ts';

const SHARED = resolve(CLONE, process.env['ATTUNE_SHARED'] ?? '../shared');
const ROWS = resolve(SHARED, 'data', 'banking77');
const skip = existsSync(ROWS)
  ? false
  : `the rows of BANKING77 are not in ${ROWS}; set ATTUNE_SHARED`;

test(
  'banking77, real questions: the report holds gold accuracy of both arms with intervals',
  { skip, timeout: 300_000 },
  async (t) => {
    const stack = await startTestStack();
    t.after(() => stack.close());
    const spec = bankingSpec(dirname(stack.dataDir), ROWS);
    const { cli, name, report, ms } = await runCycle({ stack, spec, salt: 'banking77' });
    const { gold, judge } = report;
    t.diagnostic(`${report.outcome} in ${(ms / 1000).toFixed(1)} s; ${JSON.stringify(gold)}`);
    t.diagnostic(`judge ${judge?.method}, kappa ${judge?.base.kappa} -> ${judge?.aligned?.kappa}`);
    assert.equal(judge?.method, 'held-out');
    assert.ok((judge?.base.n ?? 0) >= 70, 'judge-test has at least 70 rows');
    for (const arm of [gold?.incumbent, gold?.finalist]) {
      assert.equal(arm?.n, report.splits['sealed']?.rows);
      assert.ok(arm!.interval!.low < arm!.mean! && arm!.mean! < arm!.interval!.high);
    }
    assert.ok(gold?.difference?.interval, 'the difference of the arms has an interval');
    const db = await cli.connections.database();
    const frozen = await freezeTime(db, name.project);
    const rows = await sealedRows(db, name.project);
    const before = requestsIn(stack.practiceLog).filter(({ at }) => at < frozen);
    assert.ok(rows.length > 300, `${rows.length} sealed rows`);
    assert.deepEqual(rowsShown(before, rows), []);
  },
);
