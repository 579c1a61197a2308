import type { Command } from 'commander';
import type { JudgeDiff } from '../../domain/align/judge-diff.ts';
import { type Compared, diffJudges } from '../../operations/judge/diff.ts';
import type { Act } from '../cli.ts';
import { operate, verbOf } from '../operate.ts';
import { type Block, diff, list, type Section, table, text } from '../report/blocks.ts';
import { agreementTable } from '../report/judge.ts';
import { sectionsText } from '../report/terminal.ts';
import { count } from '../terminal/figures.ts';

/** judge diff: what tells two versions apart. */
export function addJudgeDiff(judge: Command, act: Act): void {
  verbOf(judge, diffJudges, { words: '<before> <after>' }).action(
    act<[string, string, object]>(async (cli, before, after) => {
      const compared = await operate(cli, diffJudges, { before, after });
      cli.print(compared, () => sectionsText(sections(compared as unknown as Compared)));
    }),
  );
}

function sections(compared: Compared): readonly Section[] {
  const { before, after, diff: found } = compared;
  const { instructions, settings } = found;
  return [
    {
      title: `${before} -> ${after}`,
      blocks: [
        ...(instructions === '' ? [text('The instructions are the same.')] : [diff(instructions)]),
        ...(settings.length > 0 ? [list(settings)] : []),
      ],
    },
    { title: 'Guidelines', blocks: guidelines(found.guidelines) },
    { title: 'Examples', blocks: examples(found.examples) },
    { title: 'Agreement with people', blocks: agreement(compared) },
  ];
}

function guidelines(of: JudgeDiff['guidelines']): readonly Block[] {
  const { added, dropped, changed, kept } = of;
  const lines = [
    ...dropped.map((rule) => `-${rule}`),
    ...changed.flatMap((pair) => [`-${pair.before}`, `+${pair.after}`]),
    ...added.map((rule) => `+${rule}`),
  ];
  return [
    text(
      `${added.length} added, ${dropped.length} dropped, ${changed.length} changed, ${kept} kept.`,
    ),
    ...(lines.length > 0 ? [diff(lines.join('\n'))] : []),
  ];
}

/** Rows that a table of changes shows at most. */
const SHOWN = 20;

function examples(of: JudgeDiff['examples']): readonly Block[] {
  const { added, dropped, changed, kept } = of;
  const rows = [
    ...changed.map(({ item, before, after, what }) => [
      item,
      `${before} -> ${after}`,
      what.join(', '),
    ]),
    ...added.map((item) => [item, '', 'added']),
    ...dropped.map((item) => [item, '', 'dropped']),
  ].map(([item = '', ...rest]) => [item.split('#')[0]!, ...rest]);
  return [
    text(
      `${added.length} added, ${dropped.length} dropped, ${changed.length} changed, ${kept} kept.`,
    ),
    ...(rows.length > 0 ? [table(['row', 'value', 'what'], rows.slice(0, SHOWN))] : []),
    ...(rows.length > SHOWN ? [text(`and ${count(rows.length - SHOWN, 'more row')}`)] : []),
  ];
}

function agreement({ agreement: known, before, after }: Compared): readonly Block[] {
  const found = Object.entries(known).flatMap(([id, at]) => (at === null ? [] : [{ id, ...at }]));
  const hint = `On the same items: npx attune judge test ${after} --against ${before}`;
  if (found.length === 0) return [text(`Not measured. ${hint}`)];
  return [
    agreementTable(Object.fromEntries(found.map(({ id, agreement: at }) => [id, at]))),
    list(found.map(({ id, where, method }) => `${id}: ${method}, by ${where}`)),
    text(hint),
  ];
}
