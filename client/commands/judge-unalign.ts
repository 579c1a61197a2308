import type { Command } from 'commander';
import { type LabelLine, labelLine } from '../../contracts/label.ts';
import type { SnapshotLabel } from '../../contracts/judge.ts';
import type { JudgeVersion } from '../../contracts/scorer.ts';
import { createJudgeVersion, getJudge } from '../../db/versions/judges.ts';
import { withdraw } from '../../domain/align/unalign.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { readJsonLines } from '../files/json-lines.ts';
import { count } from '../terminal/figures.ts';
import { visible } from '../terminal/style.ts';

type Flags = { row?: string[]; trace?: string[]; rater?: string[]; labels?: string };

/** judge unalign: a version without some labels. */
export function addJudgeUnalign(judge: Command, act: Act): void {
  verb(
    judge,
    'unalign <judge>',
    'a version without some labels, and without what rested on them alone',
  )
    .option('--row <id...>', 'labels of these rows')
    .option('--trace <id...>', 'labels of these traces')
    .option('--rater <name...>', 'labels of these raters; with rows or traces, theirs only')
    .option('--labels <file>', 'the labels of this file: row or trace, and rater')
    .action(act<[string, Flags]>(unalign));
}

async function unalign(cli: Cli, id: string, flags: Flags): Promise<void> {
  const wanted = selection(flags);
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const before = await getJudge(db, { project, id });
  const { definition, memory } = before;
  if (memory === null)
    throw new InvalidInputError([{ at: id, message: `${before.id} has no memory to take from` }]);
  const taken = withdraw(memory, definition.value, wanted);
  if (taken.labels === 0) throw new InvalidInputError([{ at: id, message: none(before) }]);
  const { snapshots, guidelines } = taken.memory;
  const made = await createJudgeVersion(db, {
    project,
    definition,
    memory: snapshots.length + guidelines.length === 0 ? null : taken.memory,
  });
  const answer = {
    judge: made.version.id,
    from: before.id,
    created: made.created,
    labels: taken.labels,
    examples: taken.items,
    guidelines: taken.guidelines,
  };
  cli.print(answer, () =>
    [
      `${made.version.id}: ${before.id} without ${count(taken.labels, 'label')}; no model was asked.`,
      `${count(taken.items.length, 'example')} and ${count(taken.guidelines.length, 'guideline')} are gone.`,
      ...taken.guidelines.map((text) => `- ${visible(text)}`),
    ].join('\n'),
  );
}

const none = ({ id }: JudgeVersion): string =>
  `no label of its memory is meant; \`npx attune judge show ${id} --json\` lists them`;

/** Whether a label of the memory is meant. @throws InvalidInputError where nothing is named */
function selection({ row, trace, rater, labels }: Flags): (label: SnapshotLabel) => boolean {
  if (row === undefined && trace === undefined && rater === undefined && labels === undefined)
    throw new InvalidInputError([
      { at: 'unalign', message: 'say which labels: --row, --trace, --rater or --labels' },
    ]);
  const rows = new Set(row);
  const traces = new Set(trace);
  const raters = rater === undefined ? null : new Set(rater);
  const listed = labels === undefined ? null : readJsonLines(labels, labelLine);
  return (label) => {
    const example = label.item.split('#').slice(0, -1).join('#');
    if (listed?.some(({ value: line }) => isMeant(line, label, example)) === true) return true;
    const named = rows.has(example) || traces.has(label.trace ?? '');
    const everywhere = row === undefined && trace === undefined && raters !== null;
    return (named || everywhere) && (raters === null || raters.has(label.rater));
  };
}

function isMeant(line: LabelLine, { trace, rater }: SnapshotLabel, example: string): boolean {
  const there = line.trace_id === undefined ? line.row_id === example : line.trace_id === trace;
  return there && line.rater === rater;
}
