/** Records the histories of two turns of a test drive, one that no agent answers, for tests/replay: `node tests/replay/record-drive.ts`. See record.ts for when. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { driveWorkflowId, QUEUE } from '../../contracts/temporal.ts';
import { addTurn } from '../../db/drives/turns.ts';
import { createDrive } from '../../db/drives/drives.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import { historiesOf } from '../e2e/histories.ts';
import { startTestStack } from '../e2e/stack.ts';
import { asJson } from './as-json.ts';
import { FOLDER } from './histories.ts';

const CONFIG = fileURLToPath(new URL('../e2e/fixtures/drive-config.ts', import.meta.url));
const AGENTS = { talker: 'driveWorkflow-1', nobody: 'driveWorkflow-unanswered' };

const stack = await startTestStack({ env: { ATTUNE_CONFIG: CONFIG } });
try {
  const { connections } = stack.cli();
  const { project } = connections;
  const [db, client] = await Promise.all([connections.database(), connections.temporal()]);
  await registerPrompt(db, { project, name: 'router', text: 'Route to billing or plans.' });
  for (const [agent, file] of Object.entries(AGENTS)) {
    const prompts = { router: '1' };
    const asking = { field: 'message', before: null, more: {} };
    await createDrive(db, { project, id: agent, agent, prompts, asking, who: 'recorder' });
    const { turn } = await addTurn(db, { project, drive: agent }, () => ({
      message: 'my bill is too high',
      inputs: { message: 'my bill is too high' },
      versions: { router: 1 },
      traceId: agent === 'talker' ? 'a'.repeat(32) : 'b'.repeat(32),
    }));
    const workflowId = driveWorkflowId(project, agent, turn);
    await client.workflow.execute('driveWorkflow', {
      workflowId,
      taskQueue: QUEUE.main,
      args: [{ project, drive: agent, turn }],
    });
    const [history] = await historiesOf(client, workflowId);
    writeFileSync(join(FOLDER, `${file}.json`), `${await asJson(stack, history!)}\n`);
    console.log(`${file}: ${history!.history.events!.length} events`);
  }
} finally {
  await stack.close();
}
