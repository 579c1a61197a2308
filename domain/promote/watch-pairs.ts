import type { RolloutStatus } from '../../contracts/rollout.ts';

type Measured = {
  readonly arm: string;
  readonly example: string;
  readonly conversation: string;
  readonly status: RolloutStatus;
  readonly assessment: { readonly score: number | null } | null;
};

/**
 * Promoted minus predecessor of each conversation that both were measured on, in the order of their names; an agent's own failure scores
 * 0, what is missing is no observation.
 */
export function pairDifferences(
  rows: readonly Measured[],
): readonly { readonly conversation: string; readonly difference: number }[] {
  const scoreOf = (own: readonly Measured[], arm: string): number | null => {
    const row = own.find((at) => at.arm === arm);
    if (row === undefined) return null;
    return row.status === 'failed' ? 0 : (row.assessment?.score ?? null);
  };
  return [...Map.groupBy(rows, ({ conversation }) => conversation)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([conversation, own]) => {
      const [promoted, predecessor] = [scoreOf(own, 'promoted'), scoreOf(own, 'predecessor')];
      if (promoted === null || predecessor === null) return [];
      return [{ conversation, difference: promoted - predecessor }];
    });
}
