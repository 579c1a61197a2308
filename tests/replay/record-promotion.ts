/**
 * Records the histories of a promotion that people checked and that was watched, for tests/replay: `node tests/replay/record-promotion.ts`.
 * See record.ts for when.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ring } from '../../operations/watch/watch.ts';
import { workflowIdOf } from '../../operations/cycle/reference.ts';
import { recordObservations } from '../../db/cycles/watches.ts';
import { begin, label } from '../e2e/cycle.ts';
import { historiesOf } from '../e2e/histories.ts';
import {
  approve,
  cycleOf,
  endOf,
  freshPairs,
  phase,
  promotionSpec,
  rolledBack,
} from '../e2e/promoted.ts';
import { startTestStack } from '../e2e/stack.ts';
import { asJson } from './as-json.ts';
import { FOLDER } from './histories.ts';

const WANTED: Readonly<Record<string, string>> = {
  cycleWorkflow: 'cycleWorkflow-checked',
  measureWorkflow: 'measureWorkflow-1',
  watchWorkflow: 'watchWorkflow-1',
};

const stack = await startTestStack();
try {
  const options = { stack, spec: promotionSpec(stack), salt: 'crash-2' };
  const started = await begin(options);
  for (const asked of ['label', 'check'] as const) {
    const { session } = await phase(started, asked);
    await label({ ...options, ...started, session: session! });
  }
  await phase(started, 'approve');
  await approve(started, 'grace');
  await endOf(started);
  await freshPairs(started);
  const worse = Array.from({ length: 60 }, (_, i) => ({
    conversation: `live-${i}`,
    kind: 'traffic' as const,
    difference: -1,
    tolerance: 0.025,
  }));
  const { cli, name } = started;
  await recordObservations(await cli.connections.database(), name, worse);
  await ring(await cli.connections.temporal(), await cycleOf(started));
  await rolledBack(started);
  const client = await cli.connections.temporal();
  await client.workflow.getHandle(`watch/${name.project}/${name.cycle}/${name.number}`).result();
  for (const history of await historiesOf(client, workflowIdOf(name))) {
    const wanted = WANTED[history.type];
    if (wanted === undefined) continue;
    const file = join(FOLDER, `${wanted}.json`);
    writeFileSync(file, `${await asJson(stack, history)}\n`);
    console.log(`${file}: ${history.history.events!.length} events of ${history.workflowId}`);
  }
} finally {
  await stack.close();
}
