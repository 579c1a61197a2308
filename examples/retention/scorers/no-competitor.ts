import type { ScorerSubject } from '../../../contracts/code-scorer.ts';

const COMPETITORS = ['Axo Mobile', 'Bluefone'];

/** Whether the answer names no competitor, which it has no reason to. */
export function scorer({ outputs }: ScorerSubject): {
  readonly value: boolean;
  readonly rationale: string;
} {
  const answer = JSON.stringify(outputs['answer'] ?? '');
  const named = COMPETITORS.filter((name) => answer.includes(name));
  return {
    value: named.length === 0,
    rationale: named.length === 0 ? 'no competitor is named' : `names ${named.join(', ')}`,
  };
}
