import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Finding } from './diagnose.ts';
import { CLONE, configFileOf } from './layout.ts';
import { runProgram } from './run.ts';

const promises = z.object({
  anotherUser: z.boolean(),
  processes: z.boolean(),
  files: z.boolean(),
  ports: z.boolean(),
});
const WITHIN_MS = 30_000;
const KEPT = {
  processes: 'the secrets of other processes',
  files: 'the data folder',
  ports: 'Temporal',
} as const;

/** What agents and scorers of the user's are kept from here, found by trying. */
export async function diagnoseUserCode(env: NodeJS.ProcessEnv, dataDir: string): Promise<Finding> {
  const subject = 'user code';
  const config = configFileOf(env, process.cwd());
  const needs = [join(CLONE, 'agents'), ...(config === undefined ? [] : [config, dirname(config)])];
  const report = join(CLONE, 'agents', 'enclosure', 'report.ts');
  const { ok, output } = await runProgram(process.execPath, [report, dataDir, ...needs], {
    timeoutMs: WITHIN_MS,
    env: { PATH: env['PATH'] },
  });
  if (!ok) return { subject, state: 'bad', found: `could not be tried: ${output}` };
  const found = promises.parse(JSON.parse(output.split('\n').at(-1) ?? ''));
  const names = Object.entries(KEPT) as [keyof typeof KEPT, string][];
  const kept = names.filter(([name]) => found[name]).map(([, what]) => what);
  const open = names.filter(([name]) => !found[name]).map(([, what]) => what);
  const as = found.anotherUser ? 'runs as another user' : 'runs as this user';
  if (open.length === 0)
    return { subject, state: 'ok', found: `${as}, kept from ${kept.join(', ')}` };
  return {
    subject,
    state: 'note',
    found: `${as}${kept.length > 0 ? `, kept from ${kept.join(', ')}` : ''}; not from ${open.join(', ')}`,
    remedy:
      'Run only agents and scorers that you trust here. Linux 6.7 with Perl and util-linux, and user namespaces or root, keep them from all of it (docs/security.md).',
  };
}
