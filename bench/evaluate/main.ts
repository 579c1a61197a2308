// Measures evaluation end to end: a real Temporal server, PostgreSQL and one worker process judge recorded outputs against the model server
// at --model-url (shared/tools/mock_openai.mjs). With faults the same rows are judged again while the server fails calls. Prints progress on
// stderr and one line of JSON on stdout; ends with 1 when a bar is missed.
import { importRows } from './data.ts';
import { readOptions } from './options.ts';
import { type Measured, measureRun, type RunOptions, type Trouble } from './run.ts';
import { withBench } from './stack.ts';
import { report } from '../report.ts';

const ATTEMPTS = 5;
const BARS = { cpuMsPerCall: 1.5, workerMb: 600, faultsRatio: 0.8 } as const;
const NONE: Trouble = { p429: 0, p500: 0, poison: 0 };

const options = readOptions(process.argv.slice(2));
const { rows, judges, concurrency, p429, p500, poison } = options;
const common = { rows, judges, concurrency, latencyMs: options['latency-ms'] };
const modelUrl = options['model-url'];
const shareBar = concurrency <= 64 ? 0.95 : 0.9;

const measured = await withBench({ modelUrl, concurrency }, async (bench) => {
  await importRows(bench.db, common);
  const run = (name: string, trouble: Trouble): Promise<Measured> => {
    process.stderr.write(`${name}\n`);
    return measureRun(bench, { ...common, modelUrl, name, trouble } satisfies RunOptions);
  };
  return {
    undisturbed: await run('undisturbed', NONE),
    faults: p429 + p500 > 0 ? await run('faults', { ...NONE, p429, p500 }) : null,
    poison: poison > 0 ? await run('poison', { ...NONE, poison }) : null,
  };
});

const { undisturbed, faults, poison: poisoned } = measured;
const faultsRatio = faults && faults.callsPerSecond / undisturbed.callsPerSecond;
const held = {
  share: undisturbed.shareOfLimit === null || undisturbed.shareOfLimit >= shareBar,
  cpu: undisturbed.cpuMsPerCall <= BARS.cpuMsPerCall,
  memory: undisturbed.workerMb.peak <= BARS.workerMb,
  whole: [undisturbed, ...(faults ? [faults] : [])].every(isWhole),
  faultsRatio: faultsRatio === null || faultsRatio >= BARS.faultsRatio,
  poison: poisoned === null || isBounded(poisoned),
};
const passed = Object.values(held).every(Boolean);
const { limit, ...figures } = undisturbed;
const bars = { share: shareBar, ...BARS };
report(
  'evaluate',
  { ...common, limit, ...figures, faults, faultsRatio, poison: poisoned, bars, held },
  passed,
);

/** No score is missing, and none is a zero that no reply gave. */
function isWhole({ calls, stored }: Measured): boolean {
  return stored.scored === calls && stored.failed === 0 && stored.zeros === stored.saysFalse;
}

/** What always fails was tried five times and stands beside the mean; everything else is there. */
function isBounded({ calls, stored, server }: Measured): boolean {
  return (
    stored.failed > 0 &&
    stored.scored + stored.failed === calls &&
    stored.zeros === stored.saysFalse &&
    server['requests'] === stored.scored + ATTEMPTS * stored.failed
  );
}
