import { z } from 'zod';
import { judgeEntry } from '../../contracts/scorer-entry.ts';
import { refuse } from '../../contracts/invalid-input.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import type { Operation } from '../operation.ts';
import { definitionOf } from './definition.ts';
import { judgeOnly } from './scorers.ts';
import { summary, summaryOf } from './shapes.ts';

const input = z.strictObject({
  judge: judgeEntry.describe('a judge, guidelines, or a built-in judge with settings of its own'),
});
const output = summary.extend({ created: z.boolean() });

export const createJudge = {
  name: 'judge.create',
  says: 'Makes a version of a judge; one that is there already, word for word, is found.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: {
    judge: {
      name: 'correctness',
      instructions: 'Is {{outputs}} the right answer to {{inputs}}?',
      value: { type: 'boolean' },
    },
  },
  audit: (_, { id, hash, created }) => ({ subject: id, detail: { hash, created } }),
  async run({ db, project }, { judge }) {
    if (typeof judge === 'string')
      return refuse('judge', `\`${judge}\` is a name; give the definition`);
    const given = judgeOnly({
      kind: 'definition',
      definition: definitionOf(judge, atOf),
      at: 'judge',
    });
    if (given.kind === 'name') return refuse('judge', 'give the definition');
    const { definition } = given;
    const made = await createJudgeVersion(db, { project, definition, memory: null });
    return { ...summaryOf(made.version), created: made.created };
  },
} as const satisfies Operation<typeof input, typeof output>;

const atOf = (keys: readonly (string | number)[]): string => ['judge', ...keys].join('.');
