import type { ExampleLine } from '../contracts/example.ts';
import { type JudgeDefinition, judgeDefinition } from '../contracts/judge.ts';
import type { LabelLine } from '../contracts/label.ts';
import { createRandom } from '../domain/random.ts';
import { drawWords } from './words.ts';

/** Rows with recorded outputs, and what people say of them by a rule that the judge's instructions do not tell. */
export type Planted = {
  readonly judge: JudgeDefinition;
  /** Pinned by the tag `part`: align-labels or judge-test. */
  readonly rows: readonly (ExampleLine & { readonly id: string })[];
  readonly labels: readonly (LabelLine & { readonly row_id: string })[];
};

const TEAMS = 2;
/** Of each team. */
const CUES = 10;

/**
 * Messages of made-up words for teams of made-up names. The rule: a message belongs to the team one of whose cue words it holds. Words,
 * teams and rule are drawn from the seed, so that no line of the code under test can know them.
 */
export function planted(
  seed: number,
  { learn = 100, test = 100 }: { readonly learn?: number; readonly test?: number } = {},
): Planted {
  const random = createRandom(seed);
  const words = drawWords(random, TEAMS * (CUES + 1) + 300);
  const teams = words.splice(0, TEAMS);
  const cues = teams.map((team) => ({ team, cues: words.splice(0, CUES) }));
  const judge = judgeDefinition.parse({
    name: 'team',
    instructions: `Each message goes to one of two teams:\n${teams.map((team) => `- ${team}: a team`).join('\n')}\nIs {{outputs}} the right team for {{inputs}}?`,
    value: { type: 'boolean' },
  });
  const cases = Array.from({ length: learn + test }, (_, at) => {
    const rule = cues[random.below(TEAMS)]!;
    const cue = rule.cues[random.below(CUES)]!;
    // Either with the same chance: neither the team nor the outputs of others tell which is right.
    const given = random.choice(teams);
    const filler = Array.from(
      { length: 8 + random.below(8) },
      () => words[random.below(words.length)]!,
    );
    filler.splice(random.below(filler.length), 0, cue);
    const id = `case-${String(at).padStart(4, '0')}`;
    const part = at < learn ? 'align-labels' : 'judge-test';
    return { id, part, message: filler.join(' '), team: rule.team, cue, given };
  });
  return {
    judge,
    rows: cases.map(({ id, part, message, given }) => ({
      id,
      inputs: { message },
      outputs: { team: given },
      tags: { part },
    })),
    labels: cases.map(({ id, team, given, cue }) => ({
      row_id: id,
      rater: 'ann',
      name: 'team',
      value: team === given,
      rationale: `${team}: the message says '${cue}'.`,
    })),
  };
}
