import type { Db } from '../../db/connect.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { countParts } from '../../db/data/datasets.ts';
import { nextLook } from '../../db/cycles/gate.ts';
import { contentKeys } from '../../domain/promote/content-key.ts';
import { type ExpectedPower, expectedPower } from '../../domain/promote/expected-power.ts';
import { whyTuneOnly } from '../../domain/promote/tune-only.ts';
import { percent } from '../terminal/figures.ts';
import { yellow } from '../terminal/style.ts';

const ENOUGH = 0.8;

/** What the gate of a cycle can be expected to see, for a person to read before anything is paid. Low power warns and changes nothing. */
export async function powerLines(db: Db, cycle: Cycle): Promise<readonly string[]> {
  const at = { project: cycle.project, version: cycle.datasetVersion };
  const { sealed } = await countParts(db, at);
  const [open, retired] = [sealed?.open ?? 0, sealed?.retired ?? 0];
  const reason = whyTuneOnly({ asked: cycle.spec.tuneOnly, open, retired });
  if (reason !== null)
    return [
      yellow(
        `  ${reason}. The cycle goes on as tune only: it searches, and ends \`unmeasurable\` before its gate.`,
      ),
    ];
  const look = await nextLook(db, at, contentKeys);
  return powerText(expectedPower(cycle.spec.gate, { clusters: open, look }));
}

export function powerText(power: ExpectedPower): readonly string[] {
  const seen = power.detectable === null ? 'none' : points(power.detectable);
  const foretold = power.guardrails.map(
    ({ metric, power: own }) => `${metric} ${own === null ? 'not foretold' : percent(own)}`,
  );
  const lines = [
    `  Gate: ${power.clusters} sealed clusters, look ${power.look} at level ${power.alpha}. A true gain of ${points(power.delta)} is seen with a chance of ${percent(power.primary)}; 80 % from ${seen} on (scores that differ in a quarter of the clusters).`,
    `  Guardrails hold, both arms alike: ${foretold.join(', ')}. All at once with the gain: ${percent(power.joint.independent)} if independent, at least ${percent(power.joint.atLeast)}.`,
  ];
  return power.joint.independent >= ENOUGH
    ? lines
    : [
        ...lines,
        yellow(
          `  Low power: with that gain in truth, about ${percent(1 - power.joint.independent)} of such cycles end without a promotion. More conversations help; the verdict itself does not change.`,
        ),
      ];
}

const points = (difference: number): string => `+${(100 * difference).toFixed(0)} points`;
