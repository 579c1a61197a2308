import { z } from 'zod';
import { knownAgreement } from '../../db/labels/known-agreement.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { diffJudges as differ } from '../../domain/align/judge-diff.ts';
import type { Operation } from '../operation.ts';
import { judgeId } from './shapes.ts';

const input = z.strictObject({ before: judgeId, after: judgeId });
const counted = { kept: z.int() };
const output = z.strictObject({
  before: z.string(),
  after: z.string(),
  diff: z.looseObject({
    instructions: z.string().describe('lines with `+` and `-`; empty where they are equal'),
    settings: z.array(z.string()),
    guidelines: z.looseObject({
      ...counted,
      added: z.array(z.string()),
      dropped: z.array(z.string()),
      changed: z.array(z.looseObject({ before: z.string(), after: z.string() })),
    }),
    examples: z.looseObject({
      ...counted,
      added: z.array(z.string()),
      dropped: z.array(z.string()),
      changed: z.array(z.looseObject({ item: z.string() })),
    }),
  }),
  agreement: z
    .record(z.string(), z.looseObject({}).nullable())
    .describe('what cycles and alignments measured of each; null where they did not'),
});

export const diffJudges = {
  name: 'judge.diff',
  says: 'Shows guidelines, examples, instructions and agreement of two versions of a judge.',
  role: 'viewer',
  effect: 'reads',
  input,
  output,
  example: { before: 'correctness@1', after: 'correctness@2' },
  async run({ db, project }, given) {
    const before = await getJudge(db, { project, id: given.before });
    const after = await getJudge(db, { project, id: given.after });
    return (await comparedOf(before, after, (id) =>
      knownAgreement(db, { project, judge: id }),
    )) as unknown as z.output<typeof output>;
  },
} as const satisfies Operation<typeof input, typeof output>;

type Version = Parameters<typeof differ>[0];
type Known = Awaited<ReturnType<typeof knownAgreement>>;

async function comparedOf(before: Version, after: Version, known: (id: string) => Promise<Known>) {
  const entries = await Promise.all(
    [before, after].map(async ({ id }) => [id, await known(id)] as const),
  );
  return {
    before: before.id,
    after: after.id,
    diff: differ(before, after),
    agreement: Object.fromEntries(entries),
  };
}
export type Compared = Awaited<ReturnType<typeof comparedOf>>;
