import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { signalComplete } from '../../operations/cycle/messages.ts';
import { startCycle } from '../../client/cycle/start.ts';
import { readReport } from '../../client/cycle/read-report.ts';
import { workflowIdOf } from '../../operations/cycle/reference.ts';
import { cycleReport, type CycleReport } from '../../contracts/report.ts';
import { listItemContents } from '../../db/labels/items.ts';
import { kindsOf, type Kind } from '../activities/kinds/kinds.ts';
import { CONFIG, labelOf, specOf, tellProject } from '../activities/kinds/plant.ts';
import { SEALED } from '../activities/kinds/task.ts';
import { attuneHere } from '../client/cli.ts';
import { sessionOf, type StartedCycle, within } from './cycle.ts';
import { startTestStack, type TestStack } from './stack.ts';

const skip = process.env['ATTUNE_LONG'] === '1' ? false : 'set ATTUNE_LONG=1';
const WITHIN_MS = 600_000;

type Running = { readonly stack: TestStack; readonly project: string; readonly kind: Kind };

/** One cycle of the workflow, labelled from a file as people do who label elsewhere. */
async function cycleOf({ stack, project, kind }: Running): Promise<CycleReport> {
  const until = performance.now() + WITHIN_MS;
  const cli = stack.cli({ ATTUNE_PROJECT: project, ATTUNE_SPLIT_SALT: 'kinds' });
  await tellProject(await cli.connections.database(), project);
  const folder = join(dirname(stack.dataDir), project);
  const name = await startCycle(cli, specOf({ folder, project, kind }));
  const client = await cli.connections.temporal();
  const started: StartedCycle = {
    cli,
    name,
    handle: client.workflow.getHandle(workflowIdOf(name)),
  };
  const session = await sessionOf(started, until);
  assert.ok(session, `${project}: a label session is open`);
  const items = await listItemContents(await cli.connections.database(), { project, session });
  const labels = items.map(({ traceId, ...item }) => labelOf(kind, { trace_id: traceId, ...item }));
  const file = join(folder, 'labels.jsonl');
  writeFileSync(file, labels.map((label) => JSON.stringify(label)).join('\n'));
  const own = { ATTUNE_DATA: stack.dataDir, ATTUNE_PROJECT: project };
  const imported = await attuneHere(['label', 'import', file], own);
  assert.equal(imported.code, 0, imported.err);
  await signalComplete({ client, workflowId: workflowIdOf(name), session }).catch(() => undefined);
  await within(started.handle.result(), { until, what: async () => `the end of ${project}` });
  return cycleReport.parse(await readReport(cli, name));
}

test(
  'a cycle of the workflow for each kind of judge: labelled, aligned, searched, gated and promoted',
  { skip, concurrency: 3, timeout: 900_000 },
  async (t) => {
    const stack = await startTestStack({ env: { ATTUNE_CONFIG: CONFIG } });
    t.after(() => stack.close());
    const cycles = Object.entries(kindsOf(2)).map(([name, kind]) =>
      t.test(name, async (own) => {
        const project = name.replaceAll(/\W+/g, '-');
        const report = await cycleOf({ stack, project, kind });
        const { base, aligned } = report.judge!;
        own.diagnostic(
          `agreement ${base.accuracy?.toFixed(2)} to ${aligned?.accuracy?.toFixed(2)}; gate ${report.gate?.verdict} ${report.gate?.estimate?.toFixed(2)}`,
        );
        assert.equal(report.judge!.adopted, true, report.judge!.why);
        assert.equal(report.outcome, 'promoted', report.gate?.reasons.join('; '));
        assert.deepEqual([report.gate!.examples, report.gate!.clusters], [SEALED, SEALED]);
      }),
    );
    await Promise.all(cycles);
  },
);
