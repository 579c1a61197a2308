import { drawOf } from './draw.ts';

const ENOUGH_LABELS = 60;
const FOLDS = 5;

/** Whether judge-test stands alone, or is merged with align-labels and agreement is cross-fitted. */
export function agreementPlan(judgeTestLabels: number): 'held-out' | 'cross-fitted' {
  return judgeTestLabels < ENOUGH_LABELS ? 'cross-fitted' : 'held-out';
}

/** Fold 0 to 4 of each conversation, of equal size up to one, in the order of its draw. */
export function crossFittingFolds(
  conversations: readonly string[],
  salt: string,
): Record<string, number> {
  const drawn = [...new Set(conversations)]
    .map((key) => ({ key, draw: drawOf(salt, `fold/${key}`) }))
    .sort((a, b) => (a.draw < b.draw ? -1 : 1));
  return Object.fromEntries(drawn.map(({ key }, place) => [key, place % FOLDS]));
}
