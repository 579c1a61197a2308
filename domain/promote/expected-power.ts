import type { GatePolicy, Guardrail } from '../../contracts/spec.ts';
import { guardrailsOf } from './guardrails.ts';
import { lookAlpha } from './looks.ts';
import { guardrailKind } from './metric.ts';
import { declaredDelta } from './needed.ts';
import { detectable, DISCORDANCE, guardrailPower, jointPower, powerAt } from './power.ts';

/** Share of clusters in which errors differ, where nothing is known: they are rare. */
const ERROR_DISCORDANCE = 0.02;

export type ExpectedPower = {
  readonly clusters: number;
  readonly look: number;
  readonly alpha: number;
  readonly delta: number;
  /** Chance of a win when delta is true. */
  readonly primary: number;
  /** The smallest difference seen with 80 % power; null when none is. */
  readonly detectable: number | null;
  /** Chance that each guardrail holds when both arms are alike; null where it cannot be foretold. */
  readonly guardrails: readonly { readonly metric: string; readonly power: number | null }[];
  /** All of them at once: as if independent, and at least. */
  readonly joint: { readonly independent: number; readonly atLeast: number };
};

/** What a gate can be expected to see before it is run: it warns, and changes no verdict. */
export function expectedPower(
  policy: GatePolicy,
  { clusters, look }: { readonly clusters: number; readonly look: number },
): ExpectedPower {
  const alpha = lookAlpha(policy.alpha, look);
  const delta = declaredDelta(policy);
  const test = { clusters, margin: policy.margin, alpha, strict: policy.strict };
  const primary = powerAt({ ...test, delta });
  const guardrails = guardrailsOf(policy).map((guardrail) => ({
    metric: guardrail.metric,
    power: powerOf(guardrail, clusters),
  }));
  const known = guardrails.flatMap(({ power }) => power ?? []);
  const joint = jointPower([primary, ...known]);
  return { clusters, look, alpha, delta, primary, detectable: detectable(test), guardrails, joint };
}

function powerOf(guardrail: Guardrail, clusters: number): number | null {
  const kind = guardrailKind(guardrail);
  // Without a failure it holds as soon as there are enough clusters, and never before.
  if (kind === 'zero-failures') return 3 / clusters <= (guardrail.tolerated ?? 0) ? 1 : 0;
  if (kind !== 'difference') return null;
  const discordance = guardrail.metric === 'error_rate' ? ERROR_DISCORDANCE : DISCORDANCE;
  const deviation = Math.sqrt(discordance);
  return guardrailPower({ clusters, margin: guardrail.margin ?? 0, deviation });
}
