// The long forms of the proofs (`npm run test:long`): every database, every kill. Writes docs/proof.md with what they printed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SETUP = ['--test', '--test-global-setup=tests/global-setup.ts', '--test-reporter=spec'];
const tests = (...files: readonly string[]) => [...SETUP, ...files.map((file) => `tests/${file}`)];

const PROOFS = [
  {
    title: 'Telecom: five databases from the weak prompt, five from the strong one',
    args: tests('e2e/telecom.test.ts'),
  },
  {
    title: 'Labels permuted inside the training folds, twenty times',
    args: tests('e2e/permuted.test.ts'),
  },
  { title: 'Banking77: real questions', args: tests('e2e/banking.test.ts') },
  {
    title: 'Outcomes of labels, messages and an idle reflection',
    args: tests('e2e/outcomes.test.ts'),
  },
  {
    title: 'Crashes: ten kills of a worker, PostgreSQL, Temporal',
    args: tests('chaos/crash.test.ts'),
  },
  { title: 'Recorded histories replay', args: tests('replay/replay.test.ts') },
  { title: 'Bench of crashes', args: ['bench/crash.ts'] },
] as const;

type Ran = {
  readonly lines: readonly string[];
  readonly passed: boolean;
  readonly seconds: number;
};

async function run(args: readonly string[]): Promise<Ran> {
  const begun = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ATTUNE_LONG: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  createInterface(child.stdout).on('line', (line) => {
    process.stdout.write(`${line}\n`);
    lines.push(line.replaceAll(ROOT, ''));
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { lines, passed: code === 0, seconds: Math.round((performance.now() - begun) / 1000) };
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', [...args], { cwd: ROOT, encoding: 'utf8' }).trim();

const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
const sections: string[] = [];
let failed = 0;
for (const { title, args } of PROOFS) {
  process.stdout.write(`\n== ${title}\n`);
  const { lines, passed, seconds } = await run(args);
  if (!passed) failed += 1;
  const state = passed ? 'passed' : 'FAILED';
  sections.push(
    `## ${title}\n\n${state} in ${seconds} s\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`,
  );
}

writeFileSync(
  `${ROOT}docs/proof.md`,
  `# What was shown, and when

Written by \`npm run test:long\`, never by hand. The practice model is a small deterministic program: the figures test the machinery and
say nothing of quality. What each test asks stands in its sentence; a line with ℹ is a measurement.

- commit: ${git('rev-parse', 'HEAD')}${changed ? ' with changes that were not committed' : ''}
- date: ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC
- machine: ${availableParallelism()} cores, Node ${process.versions.node}
- proofs: ${PROOFS.length - failed} of ${PROOFS.length} passed

${sections.join('\n')}`,
);
execFileSync(`${ROOT}node_modules/.bin/prettier`, ['--write', 'docs/proof.md'], { cwd: ROOT });
process.exitCode = failed === 0 ? 0 : 1;
