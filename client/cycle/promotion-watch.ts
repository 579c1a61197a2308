import { type CycleRef, cycleKey } from '../../db/cycles/cycles.ts';
import type { Watch } from '../../db/cycles/watches.ts';
import { showWatch } from '../../operations/watch/show.ts';
import type { Watched } from '../../operations/watch/watch.ts';
import type { Cli } from '../cli.ts';
import { operate } from '../operate.ts';

/** @throws NotFoundError */
export const watchOf = (cli: Cli, cycle: CycleRef): Promise<Watched> =>
  operate(cli, showWatch, { cycle: cycleKey(cycle) });

export function watchedText(watch: Watched): string {
  const { policy, observations, limit } = watch;
  return [
    `Watch of ${watch.cycle}: ${watchStanding(watch)}`,
    `  ${observations.pairs} pairs, ${observations.traffic} requests of randomized traffic; at most ${policy.most} conversations`,
    `  E = ${watch.evidence.toPrecision(4)}, at most ${watch.peak.toPrecision(4)} so far; rolled back at ${limit} (tolerance ${policy.tolerance})`,
    ...(watch.why === null ? [] : [`  ${watch.why}`]),
  ].join('\n');
}

export function watchStanding({ state, outcome, cycle, endsAt }: Watch): string {
  if (state === 'running') return `running until ${endsAt}`;
  return outcome ?? `failed (\`npx attune promote watch start ${cycle}\` lets it go on)`;
}
