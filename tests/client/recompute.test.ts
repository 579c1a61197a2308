import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { GateExport } from '../../contracts/gate-export.ts';
import { gatePolicy } from '../../contracts/spec.ts';
import { decideGate } from '../../domain/promote/gate.ts';
import { exportRows } from '../../domain/promote/gate-export.ts';
import type { GateRecord } from '../../domain/promote/gate-record.ts';
import { createStream } from '../../domain/statistics/stream.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-recompute-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const script = fileURLToPath(new URL('../../docs/recompute-gate.ts', import.meta.url));
const recompute = (exported: GateExport) =>
  new Promise<{ readonly code: unknown; readonly out: string }>((resolve) => {
    const file = join(folder, `${Math.abs(exported.rows.length)}-${exported.cycle}.json`);
    writeFileSync(file, JSON.stringify(exported));
    execFile(process.execPath, [script, file], (error, out) =>
      resolve({ code: error === null ? 0 : error.code, out }),
    );
  });

/** Conversations of one to three rows, three trials, a few failures and missing scores, ids that sort unlike their numbers. */
function recordsOf(clusters: number): GateRecord[] {
  const stream = createStream(`gate of ${clusters}`);
  return Array.from({ length: clusters }, (_, g) => g).flatMap((g) =>
    Array.from({ length: 1 + (g % 3) }, (_row, n) => n).flatMap((n) =>
      [0, 1, 2].flatMap((trial) =>
        (['incumbent', 'finalist'] as const).map((arm) => {
          const failed = stream.uniform() < 0.02;
          const passes = stream.uniform() < (arm === 'finalist' ? 0.9 : 0.5);
          const isMissing = stream.uniform() < 0.01;
          return {
            exampleId: `secret-${(g * 7919) % 101}-${n}`,
            cluster: `conversation-${(g * 7919) % 101}`,
            arm,
            trial,
            score: failed || isMissing ? null : Number(passes),
            failed,
            latencyMs: 100 + 50 * stream.uniform(),
            costUsd: 0.001,
          };
        }),
      ),
    ),
  );
}

function exportedGate(clusters: number): GateExport {
  const records = recordsOf(clusters);
  const settings = {
    policy: gatePolicy.parse({
      margin: 0.02,
      guardrails: [{ metric: 'latency_ms', direction: 'lower', margin: 0.1 }],
    }),
    policyHash: 'a policy',
    primary: 'quality',
  };
  const judge = { judge: 'quality@2', lower: 0.5, labels: 80 };
  const { report } = decideGate({
    ...settings,
    look: 2,
    records,
    trials: 3,
    judge: { kind: 'agreement', ...judge },
  });
  return { cycle: 'demo', ...settings, judge, report, rows: exportRows(records, 'quality') };
}

test('from exported rows, without ids and texts, a script of docs recomputes every number of a gate', async () => {
  for (const clusters of [80, 30]) {
    const exported = exportedGate(clusters);
    assert.doesNotMatch(JSON.stringify(exported.rows), /secret|conversation/);
    const { code, out } = await recompute(exported);
    assert.equal(code, 0, out);
    assert.match(out, /Every number agrees/);
    for (const field of [
      'verdict',
      'p',
      'lower',
      'upper',
      'incumbent.interval.low',
      'guardrails.1',
    ])
      assert.ok(out.includes(`same  report.${field}`), field);
  }
});

test('a report that its rows do not bear out is found', async () => {
  const exported = exportedGate(60);
  const [first, ...others] = exported.rows;
  const turned = {
    ...first!,
    scores: { ...first!.scores, quality: 1 - first!.scores['quality']! },
  };
  const { code, out } = await recompute({ ...exported, rows: [turned, ...others] });
  assert.equal(code, 1);
  assert.match(out, /OTHER report\.estimate/);
});
