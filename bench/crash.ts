// What a killed worker costs: the crash fixture undisturbed, then with its worker killed (-9) once in each run, at moments drawn by
// seed. `node bench/crash.ts [--runs 10]`. Prints one line of JSON; ends with 1 when a bar is missed.
import { parseArgs } from 'node:util';
import { createRandom } from '../domain/random.ts';
import { type CrashRun, CONCURRENCY, crashRun } from '../tests/chaos/run.ts';
import { report } from './report.ts';

/** An undisturbed cycle, and the first progress after the worker's return, in milliseconds; calls that may repeat. */
const BARS = { cycle: 15_000, progress: 8_000, repeats: CONCURRENCY + 20, askedAgain: 0 } as const;
const LATEST = 0.85;

const { values } = parseArgs({ options: { runs: { type: 'string', default: '10' } } });

const undisturbed = await crashRun([]);
note('undisturbed', undisturbed);
const killed: CrashRun[] = [];
for (let seed = 1; seed <= Number(values.runs); seed += 1) {
  const most = Math.round(LATEST * undisturbed.cost.replies);
  const afterRequests = 1 + createRandom(seed).below(most);
  const run = await crashRun([{ part: 'worker', afterRequests }]);
  note(`killed after ${afterRequests} of ${undisturbed.cost.replies} requests`, run);
  killed.push(run);
}

const worst = {
  cycle: undisturbed.ms,
  progress: Math.max(0, ...killed.flatMap(({ progressMs }) => progressMs)),
  repeats: Math.max(0, ...killed.map(({ cost }) => cost.repeats)),
  askedAgain: Math.max(0, ...killed.map(({ cost }) => cost.askedAgain)),
};
const same = killed.filter(
  (run) => run.report.evidenceHash === undisturbed.report.evidenceHash,
).length;
const passed =
  same === killed.length &&
  worst.cycle <= BARS.cycle &&
  worst.progress <= BARS.progress &&
  worst.repeats <= BARS.repeats &&
  worst.askedAgain <= BARS.askedAgain;

report(
  'crash',
  {
    runs: killed.length,
    sameEvidence: same,
    milliseconds: {
      undisturbed: Math.round(undisturbed.ms),
      disturbed: killed.map(({ ms }) => Math.round(ms)),
      progressAfterReturn: killed.flatMap(({ progressMs }) => progressMs),
    },
    repeats: killed.map(({ cost }) => cost.repeats),
    askedAgain: worst.askedAgain,
    progressOfBar: worst.progress / BARS.progress,
    bars: BARS,
  },
  passed,
);

function note(what: string, { ms, cost, progressMs }: CrashRun): void {
  const progress = progressMs.map((at) => `, progress ${at} ms after its return`).join('');
  process.stderr.write(
    `${what}: ${Math.round(ms)} ms, ${cost.replies} replies, ${cost.repeats} repeated${progress}\n`,
  );
}
