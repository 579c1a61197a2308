import { runProgram } from '../../stack/run.ts';
import type { Recorded } from '../e2e/histories.ts';
import type { TestStack } from '../e2e/stack.ts';
import { testTemporal } from '../services.ts';

/** The history as the CLI prints it: the only form that replays. Host names and paths of the machine are taken out. */
export async function asJson(
  stack: TestStack,
  { workflowId, runId }: Pick<Recorded, 'workflowId' | 'runId'>,
): Promise<string> {
  const { cli, address } = await testTemporal();
  const { namespace } = stack.stack.info.temporal;
  const where = ['--address', address, '--namespace', namespace];
  const which = ['--workflow-id', workflowId, '--run-id', runId];
  const { ok, output } = await runProgram(
    cli,
    ['workflow', 'show', ...which, ...where, '--output', 'json'],
    { timeoutMs: 20_000 },
  );
  if (!ok) throw new Error(`${workflowId}: ${output}`);
  return output
    .replace(/"identity": "[^"]*"/g, '"identity": "worker"')
    .replace(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""')
    .replace(/\b\d+@[\w.]+/g, 'worker');
}
