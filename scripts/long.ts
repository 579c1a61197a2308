// The long forms of the proofs (`npm run test:long`): every database, every kill. Writes docs/proof.md with what they printed.
// `npm run test:long -- --only crash` runs those whose title holds the word, and leaves what the page says of the others.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SETUP = ['--test', '--test-global-setup=tests/global-setup.ts', '--test-reporter=spec'];
const tests = (...files: readonly string[]) => [...SETUP, ...files.map((file) => `tests/${file}`)];

const PROOFS = [
  {
    title:
      'Telecom: five databases from the weak prompt, five from the strong one, on salts not looked at before',
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
  {
    title:
      'Outages: thirty cycles on a Temporal server with PostgreSQL, faults longer than a heartbeat drawn by seed',
    args: tests('chaos/outage.test.ts'),
  },
  {
    title: 'Golden traces through the workflow: a kill at every boundary of s01',
    args: tests('activities/golden.test.ts', 'workflows/golden.test.ts'),
  },
  { title: 'Pure noise: no lift is claimed', args: tests('e2e/noise.test.ts') },
  {
    title: 'Alignment: planted rules, shuffled labels, PandaLM, 10,000 labels, both aligners',
    args: tests('bench/align.test.ts', 'activities/align.test.ts', 'e2e/align-gepa.test.ts'),
  },
  {
    title: 'Promotion: people, approvals, deadlines and the null settings',
    args: tests('e2e/promote.test.ts', 'bench/null.test.ts'),
  },
  {
    title: 'Scorers and judges of every kind in a cycle, and the walk-through of retention',
    args: tests(
      'e2e/scorers.test.ts',
      'activities/kinds.test.ts',
      'e2e/kinds.test.ts',
      'e2e/retention.test.ts',
    ),
  },
  {
    title: 'References in Python: gepa, NumPy, SciPy, ppi_py, agreement, OpenTelemetry',
    args: tests(
      'domain/optimize/reference.test.ts',
      'domain/promote/reference.test.ts',
      'domain/promote/reference-figures.test.ts',
      'domain/label/reliability.test.ts',
      'server/exporters.test.ts',
    ),
  },
  { title: 'A session of 2,000 items', args: tests('server/pages/large.test.ts') },
  {
    title: 'Test drive: an agent worker dies while it answers',
    args: tests('e2e/drive.test.ts'),
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
    lines.push(line.replaceAll(ROOT, '').replaceAll(`${tmpdir()}/`, ''));
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { lines, passed: code === 0, seconds: Math.round((performance.now() - begun) / 1000) };
}

const git = (...args: readonly string[]): string =>
  execFileSync('git', [...args], { cwd: ROOT, encoding: 'utf8' }).trim();

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const wanted = PROOFS.filter(({ title }) =>
  title.toLowerCase().includes(values.only.toLowerCase()),
);
if (wanted.length === 0) throw new Error(`no proof has \`${values.only}\` in its title`);
const PAGE = `${ROOT}docs/proof.md`;

/** What the page says of each proof, by title. */
function told(): Map<string, string> {
  const parts = readFileSync(PAGE, 'utf8').split(/^## /m).slice(1);
  return new Map(parts.map((part) => [part.split('\n')[0]!, `## ${part.trimEnd()}\n`]));
}

const changed = git('status', '--porcelain', '--untracked-files=no') !== '';
const commit = `${git('rev-parse', 'HEAD')}${changed ? ' with changes that were not committed' : ''}`;
const page = told();
let failed = 0;
for (const { title, args } of wanted) {
  process.stdout.write(`\n== ${title}\n`);
  const { lines, passed, seconds } = await run(args);
  if (!passed) failed += 1;
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  page.set(
    title,
    `## ${title}\n\n${passed ? 'passed' : 'FAILED'} in ${seconds} s; commit ${commit}; ${date} UTC\n\n\`\`\`text\n${lines.join('\n')}\n\`\`\`\n`,
  );
}

writeFileSync(
  PAGE,
  `# What was shown, and when

Written by \`npm run test:long\`, never by hand. The practice model is a small deterministic program: the figures test the machinery and
say nothing of quality. What each test asks stands in its sentence; a line with ℹ is a measurement. Each proof names the commit it ran at.
Machine: ${availableParallelism()} cores, Node ${process.versions.node}.

${PROOFS.flatMap(({ title }) => page.get(title) ?? []).join('\n')}`,
);
execFileSync(`${ROOT}node_modules/.bin/prettier`, ['--write', 'docs/proof.md'], { cwd: ROOT });
process.exitCode = failed === 0 ? 0 : 1;
