import { z } from 'zod';
import type { JudgeVersion } from '../../contracts/scorer.ts';
import { getJudge } from '../../db/versions/judges.ts';
import type { Operation } from '../operation.ts';
import { judgeId, version } from './shapes.ts';

const input = z.strictObject({ judge: judgeId });

export const showJudge = {
  name: 'judge.show',
  says: 'Shows one version of a judge, with its memory.',
  role: 'viewer',
  effect: 'reads',
  input,
  output: version,
  example: { judge: 'correctness@2' },
  async run({ db, project }, { judge: id }) {
    return withoutVectors(await getJudge(db, { project, id })) as unknown as z.output<
      typeof version
    >;
  },
} as const satisfies Operation<typeof input, typeof version>;

// Vectors are long and say nothing to a reader.
function withoutVectors({ memory, ...rest }: JudgeVersion) {
  if (memory === null) return { ...rest, memory };
  const { vectors: _vectors, ...readable } = memory;
  return { ...rest, memory: readable };
}
