import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { workflowIdOf } from '../../operations/cycle/reference.ts';
import type { RanCycle } from './cycle.ts';
import { sealedRows, shownIn } from './sealed.ts';
import type { TestStack } from './stack.ts';

const run = promisify(execFile);
const pathOf = (file: string): string => fileURLToPath(new URL(`../../${file}`, import.meta.url));

/** The alias stands at the finalist by right, the agent reads it there, and the verdict can be recomputed by anybody. */
export async function promotion(t: TestContext, stack: TestStack, { cli, name, report }: RanCycle) {
  const [prompt] = report.prompts;
  const own = report.moves?.at(-1);
  assert.deepEqual(
    [own?.prompt, own?.to, own?.override, own?.cycle],
    [prompt?.name, prompt?.to, false, `${name.cycle}/${name.number}`],
  );
  const { url, token } = cli.connections.server();
  const answer = await fetch(new URL(`/api/prompts/${prompt?.name}@production`, url), {
    headers: { authorization: `Bearer ${token}` },
  });
  const served = (await answer.json()) as { number: number; standing: { evidence: string } };
  assert.deepEqual([served.number, served.standing.evidence], [prompt?.to, own?.evidence]);

  const file = join(dirname(stack.dataDir), 'gate.json');
  const command = ['cycle', 'export-gate', workflowIdOf(name), '--out', file];
  await run(process.execPath, [pathOf('client/main.ts'), ...command], { env: cli.env.all });
  const rows = await sealedRows(await cli.connections.database(), name.project);
  assert.deepEqual(shownIn(readFileSync(file, 'utf8'), rows), [], 'the export shows no sealed row');
  const { stdout } = await run(process.execPath, [pathOf('docs/recompute-gate.ts'), file]);
  assert.match(stdout, /Every number agrees/);
  t.diagnostic(`${stdout.split('\n').length - 2} numbers recomputed`);
}
