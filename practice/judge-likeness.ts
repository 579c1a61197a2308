import { flat } from './blocks.ts';
import { unit } from './hash.ts';
import type { Case, Opinion, Precedent } from './judge.ts';
import { isPass } from './judge-name.ts';
import { likeness } from './likeness.ts';
import { read } from './text.ts';

/** Judges a free text: by what was said of cases like it; alone, by whether it speaks of what was asked. */
export function judgeByLikeness(asked: Case): Opinion {
  const output = read(flat(asked.outputs));
  const inputs = read(flat(asked.inputs));
  const votes = asked.precedents
    .map((precedent) => ({ precedent, weight: weightOf(precedent) }))
    .sort((a, b) => b.weight - a.weight);
  const total = votes.reduce((sum, { weight }) => sum + weight, 0);
  if (total > 0) {
    const passes = ({ value }: Precedent): boolean => isPass(value, asked.scale);
    const passed = votes.filter(({ precedent }) => passes(precedent));
    const right = passed.reduce((sum, { weight }) => sum + weight, 0) / total;
    const nearest = votes.find(({ precedent }) => passes(precedent) === right >= 0.5)!;
    return {
      right,
      rationale: `Judged as the case most like it. ${nearest.precedent.rationale}`.trim(),
    };
  }
  const overlap = likeness(output, inputs) + 0.3 * unit('judge', asked.seed, flat(asked.outputs));
  return {
    right: Math.min(1, 0.3 + overlap),
    rationale:
      overlap >= 0.2 ? 'The reply speaks of what was asked.' : 'The reply speaks of other things.',
  };

  function weightOf(precedent: Precedent): number {
    const asInputs = likeness(read(flat(precedent.inputs)), inputs);
    const asOutput = likeness(read(flat(precedent.outputs)), output);
    return (0.5 * asInputs + 0.5 * asOutput) ** 2;
  }
}
