// Measures what a newcomer waits for: a fresh clone, then `npm start -- --exit`, with caches of its own for all but npm. Prints progress
// on stderr and one line of JSON on stdout; ends with 1 when a bar is missed.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { resetStack, stopStack } from '../stack/index.ts';

const BARS = { total: 360, cycle: 120 } as const;
const GIVE_UP_MS = 15 * 60_000;
/** 0 promoted, 3 rejected or no candidate, 4 inconclusive, 5 unmeasurable: each ends with a report. */
const REPORTED: readonly (number | null)[] = [0, 3, 4, 5];

/** The lines of `npm start` that part its phases: the last part that gets ready, and the begin of the stop. */
const MARKS = {
  starting: /Starting the stack/,
  ready: /^\s*\w+ is ready/,
  stopping: /^Stopping/,
} as const;
type Mark = keyof typeof MARKS;

const source = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'attune-bench-'));
const clone = join(folder, 'attune');
const dataDir = join(clone, '.attune');

const begun = performance.now();
const at = () => (performance.now() - begun) / 1000;
try {
  execFileSync('git', ['clone', '--quiet', '--no-local', source, clone]);
  const cloned = at();
  const { marks, exitCode } = await start();
  const total = at();
  const seconds = {
    clone: cloned,
    install: (marks.starting ?? total) - cloned,
    stack: (marks.ready ?? total) - (marks.starting ?? total),
    cycle: (marks.stopping ?? total) - (marks.ready ?? total),
    stop: total - (marks.stopping ?? total),
    total,
  };
  const complete =
    marks.starting !== undefined && marks.ready !== undefined && marks.stopping !== undefined;
  const passed =
    complete && REPORTED.includes(exitCode) && total <= BARS.total && seconds.cycle <= BARS.cycle;
  const rounded = Object.fromEntries(
    Object.entries(seconds).map(([name, value]) => [name, Number(value.toFixed(1))]),
  );
  const commit = execFileSync('git', ['-C', clone, 'rev-parse', 'HEAD'], {
    encoding: 'utf8',
  }).trim();
  const cores = availableParallelism();
  process.stdout.write(
    `${JSON.stringify({ bench: 'start', commit, cores, exitCode, seconds: rounded, bars: BARS, passed })}\n`,
  );
  process.exitCode = passed ? 0 : 1;
} finally {
  await stopStack(dataDir);
  await resetStack(dataDir);
  rmSync(folder, { recursive: true, force: true });
}

async function start(): Promise<{ marks: Partial<Record<Mark, number>>; exitCode: number | null }> {
  const child = spawn('npm', ['start', '--', '--exit'], {
    cwd: clone,
    env: bareEnvironment(),
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const timer = setTimeout(
    () => child.pid !== undefined && process.kill(-child.pid, 'SIGTERM'),
    GIVE_UP_MS,
  );
  const marks: Partial<Record<Mark, number>> = {};
  for (const stream of [child.stdout, child.stderr])
    createInterface(stream).on('line', (line) => {
      process.stderr.write(`${at().toFixed(1).padStart(6)} ${line}\n`);
      for (const mark of Object.keys(MARKS) as Mark[])
        if (MARKS[mark].test(line)) marks[mark] = at();
    });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  return { marks, exitCode };
}

/** As on a machine where Attune has never been: nothing attached, no cache but npm's, and not the Node of this clone. */
function bareEnvironment(): NodeJS.ProcessEnv {
  const { PATH = '', HOME, LANG } = process.env;
  const path = PATH.split(delimiter).filter((entry) => !entry.includes('node_modules'));
  return { PATH: path.join(delimiter), HOME, LANG, XDG_CACHE_HOME: join(folder, 'cache') };
}
