import type { Command } from 'commander';
import type { GateExport } from '../../contracts/gate-export.ts';
import { primaryMetric } from '../../contracts/spec.ts';
import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { getFreeze } from '../../db/cycles/gate.ts';
import { gateRunsOf } from '../../db/cycles/pool.ts';
import { loadGateOutputs, loadGateRows } from '../../db/cycles/gate-records.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { listLabels } from '../../db/labels/labels.ts';
import { checkedExamples, scoresByPeople } from '../../domain/promote/checked-outputs.ts';
import type { CheckedExample } from '../../domain/promote/people-check.ts';
import { exportRows } from '../../domain/promote/gate-export.ts';
import { judgeCheckOf } from '../../domain/promote/judge-floor.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { writeText } from '../files/write.ts';
import { findCycle } from '../cycle/find.ts';
import { workflowIdOf } from '../../operations/cycle/reference.ts';
import { NotFoundError } from '../errors.ts';
import { count } from '../terminal/figures.ts';

/** cycle export-gate: what the verdict was computed from, without ids and texts, so that anybody can compute it again. */
export function addGateExport(cycle: Command, act: Act): void {
  verb(
    cycle,
    'export-gate [cycle]',
    'the scores of a decided gate: opaque numbers, no ids, no text',
  )
    .option('--out <file.json>', 'write it there; else it is printed')
    .action(
      act<[string | undefined, { out?: string }]>(async (cli, reference, { out }) => {
        const exported = await exportOf(cli, await findCycle(cli, reference));
        const text = JSON.stringify(exported, null, 1);
        if (out === undefined) return cli.print(exported, () => text);
        writeText(out, `${text}\n`);
        const rows = exported.rows.length;
        return cli.print(
          { file: out, rows },
          () =>
            `${out}: ${count(rows, 'row')}. Check it with: npx node docs/recompute-gate.ts ${out}`,
        );
      }),
    );
}

async function exportOf(cli: Cli, cycle: Cycle): Promise<GateExport> {
  const db = await cli.connections.database();
  const frozen = await getFreeze(db, cycle);
  const { gateReport: report, policyHash, spec, judge } = cycle;
  // Before the verdict a score of the gate is shown to nobody.
  if (frozen === null || report === null || policyHash === null)
    throw new NotFoundError(
      `a verdict of ${workflowIdOf(cycle)}`,
      'Scores of a gate can be exported once it has decided.',
    );
  const primary = primaryMetric(spec, judge);
  const { lower, labels } = judgeCheckOf(judge, cycle.judgeReport);
  const { project } = cycle;
  const gateRuns = await gateRunsOf(db, cycle);
  const records = (
    await Promise.all(gateRuns.map((run) => loadGateRows(db, { project, run })))
  ).flat();
  return {
    cycle: workflowIdOf(cycle),
    policy: spec.gate,
    policyHash,
    primary,
    judge: { judge, lower, labels },
    ledgerStartsHere: frozen.ledgerStartsHere,
    ...(cycle.pools !== null && { pooled: cycle.pools }),
    report,
    rows: exportRows(records, primary, await peopleOf(db, cycle)),
  };
}

async function peopleOf(db: Db, cycle: Cycle): Promise<readonly CheckedExample[]> {
  const { peopleCheck } = cycle.spec.gate;
  if (peopleCheck === undefined) return [];
  const { project } = cycle;
  const { name, definition } = await getJudge(db, { project, id: cycle.judge });
  const labels = await listLabels(db, { project, name, sealed: true });
  return checkedExamples({
    outputs: (
      await Promise.all(
        (await gateRunsOf(db, cycle)).map((run) => loadGateOutputs(db, { project, run })),
      )
    ).flat(),
    seed: cycle.policyHash!,
    count: peopleCheck.clusters,
    people: scoresByPeople(labels, definition.value),
  });
}
