import type { Command } from 'commander';
import { labelLine } from '../../contracts/label.ts';
import { unalignJudge } from '../../operations/judge/unalign.ts';
import type { Act, Cli } from '../cli.ts';
import { readJsonLines } from '../files/json-lines.ts';
import { inputOf, operate, verbOf } from '../operate.ts';
import { count } from '../terminal/figures.ts';
import { visible } from '../terminal/style.ts';

type Flags = { row?: string[]; trace?: string[]; rater?: string[]; labels?: string };

/** judge unalign: a version without some labels. */
export function addJudgeUnalign(judge: Command, act: Act): void {
  verbOf(judge, unalignJudge, { words: '<judge>', without: ['row', 'trace', 'rater', 'labels'] })
    .option('--row <id...>', 'labels of these rows')
    .option('--trace <id...>', 'labels of these traces')
    .option('--rater <name...>', 'labels of these raters; with rows or traces, theirs only')
    .option('--labels <file>', 'the labels of this file: row or trace, and rater')
    .action(act<[string, Flags]>(unalign));
}

async function unalign(cli: Cli, judge: string, { labels: file, ...flags }: Flags): Promise<void> {
  const labels = file === undefined ? undefined : readJsonLines(file, labelLine);
  const answer = await operate(cli, unalignJudge, {
    judge,
    ...inputOf(flags),
    ...(labels !== undefined && { labels: labels.map(({ value }) => ({ ...value })) }),
  });
  cli.print(answer, () =>
    [
      `${answer.judge}: ${answer.from} without ${count(answer.labels, 'label')}; no model was asked.`,
      `${count(answer.examples.length, 'example')} and ${count(answer.guidelines.length, 'guideline')} are gone.`,
      ...answer.guidelines.map((text) => `- ${visible(text)}`),
    ].join('\n'),
  );
}
