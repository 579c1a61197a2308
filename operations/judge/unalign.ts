import { z } from 'zod';
import { InvalidInputError, refuse } from '../../contracts/invalid-input.ts';
import type { SnapshotLabel } from '../../contracts/judge.ts';
import { createJudgeVersion, getJudge } from '../../db/versions/judges.ts';
import { withdraw } from '../../domain/align/unalign.ts';
import type { Operation } from '../operation.ts';
import { judgeId } from './shapes.ts';

/** A label as it is named: its rater, and its row or its trace. */
const named = z
  .looseObject({
    row_id: z.string().optional(),
    trace_id: z.string().optional(),
    rater: z.string(),
  })
  .describe('one label');

const input = z.strictObject({
  judge: judgeId,
  row: z.array(z.string()).optional().describe('labels of these rows'),
  trace: z.array(z.string()).optional().describe('labels of these traces'),
  rater: z
    .array(z.string())
    .optional()
    .describe('labels of these raters; with rows or traces, theirs only'),
  labels: z.array(named).optional().describe('these labels: row or trace, and rater'),
});
const output = z.strictObject({
  judge: z.string(),
  from: z.string(),
  created: z.boolean(),
  labels: z.int(),
  examples: z.array(z.string()),
  guidelines: z.array(z.string()),
});
type Input = z.output<typeof input>;

export const unalignJudge = {
  name: 'judge.unalign',
  says: 'Makes a version of a judge without some labels, and without what rested on them alone.',
  role: 'editor',
  effect: 'writes',
  input,
  output,
  example: { judge: 'correctness@2', rater: ['ana'] },
  audit: (_, { judge, from, labels }) => ({ subject: judge, detail: { from, labels } }),
  async run({ db, project }, given) {
    const id = given.judge;
    const wanted = selection(given);
    const before = await getJudge(db, { project, id });
    const { definition, memory } = before;
    if (memory === null) return refuse(id, `${before.id} has no memory to take from`);
    const taken = withdraw(memory, definition.value, wanted);
    if (taken.labels === 0)
      return refuse(
        id,
        `no label of its memory is meant; \`npx attune judge show ${before.id} --json\` lists them`,
      );
    const { snapshots, guidelines } = taken.memory;
    const made = await createJudgeVersion(db, {
      project,
      definition,
      memory: snapshots.length + guidelines.length === 0 ? null : taken.memory,
    });
    return {
      judge: made.version.id,
      from: before.id,
      created: made.created,
      labels: taken.labels,
      examples: [...taken.items],
      guidelines: [...taken.guidelines],
    };
  },
} as const satisfies Operation<typeof input, typeof output>;

/** Whether a label of the memory is meant. @throws InvalidInputError where nothing is named */
function selection({ row, trace, rater, labels }: Input): (label: SnapshotLabel) => boolean {
  if (row === undefined && trace === undefined && rater === undefined && labels === undefined)
    throw new InvalidInputError([
      { at: 'unalign', message: 'say which labels: --row, --trace, --rater or --labels' },
    ]);
  const rows = new Set(row);
  const traces = new Set(trace);
  const raters = rater === undefined ? null : new Set(rater);
  return (label) => {
    const example = label.item.split('#').slice(0, -1).join('#');
    if (labels?.some((line) => isMeant(line, label, example)) === true) return true;
    const chosen = rows.has(example) || traces.has(label.trace ?? '');
    const everywhere = row === undefined && trace === undefined && raters !== null;
    return (chosen || everywhere) && (raters === null || raters.has(label.rater));
  };
}

function isMeant(
  line: z.output<typeof named>,
  { trace, rater }: SnapshotLabel,
  example: string,
): boolean {
  const there = line.trace_id === undefined ? line.row_id === example : line.trace_id === trace;
  return there && line.rater === rater;
}
