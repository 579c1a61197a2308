import { z } from 'zod';
import type { Command } from 'commander';
import { value as labelValue } from '../../contracts/value.ts';
import { UnorderedValueError } from '../../domain/statistics/krippendorff.ts';
import { coefficientsOf } from '../../domain/label/ratings.ts';
import {
  type Rating,
  type Reliability,
  reliabilityOf,
} from '../../domain/statistics/reliability.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { type Numbered, readJsonLines } from '../files/json-lines.ts';
import { sessionRatings } from '../label/ratings.ts';
import { visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

type Options = {
  file?: string;
  session?: string;
  name?: string;
  level?: string;
  order?: string;
};

/** A line of a labels file, and no stricter: a value of null is a label that is missing, further fields are left alone. */
const line = z
  .looseObject({
    trace_id: z.string().min(1).optional(),
    row_id: z.string().min(1).optional(),
    output_hash: z.string().optional(),
    conversation: z.string().min(1).optional(),
    weight: z.number().positive().nullish(),
    rater: z.string().min(1),
    name: z.string().min(1).optional(),
    value: labelValue.nullable(),
  })
  .refine((at) => at.trace_id !== undefined || at.row_id !== undefined, {
    message: 'name the item with trace_id or row_id',
  });
type Line = z.infer<typeof line>;

/** label agreement: of a file, without any server, or of a session. */
export function addAgreement(label: Command, act: Act): void {
  verb(label, 'agreement', 'how far raters agree, with intervals and the items of most dispute')
    .option('--file <labels.jsonl>', 'labels of a file; nothing needs to run')
    .option('--session <id>', 'labels of a session')
    .option('--name <name>', 'the judge or question, where a file holds several')
    .option('--level <level>', 'nominal (default) or ordinal')
    .option('--order <a,b,c>', 'the values of an ordinal level, from lowest to highest')
    .action(
      act<[Options]>(async (cli, options) => {
        const { ratings, order } = await given(cli, options);
        const found = compute(ratings, order);
        cli.print(found, () => reliabilityText(found));
      }),
    );
}

async function given(
  cli: Cli,
  options: Options,
): Promise<{ ratings: readonly Rating[]; order: readonly string[] | undefined }> {
  const { file, session, name } = options;
  const order = orderOf(options);
  if ((file === undefined) === (session === undefined))
    throw new InvalidInputError(
      [{ at: 'label agreement', message: 'give either --file or --session' }],
      'attune label agreement --file labels.jsonl',
    );
  if (file !== undefined)
    return { ratings: ratingsOf(file, readJsonLines(file, line), name), order };
  return sessionRatings(cli, session!, { level: options.level, order });
}

function orderOf({ level, order }: Options): readonly string[] | undefined {
  if (level !== undefined && level !== 'nominal' && level !== 'ordinal')
    throw new InvalidInputError([
      { at: '--level', message: `\`${level}\` is neither nominal nor ordinal` },
    ]);
  if (level === 'nominal' && order !== undefined)
    throw new InvalidInputError([
      { at: '--order', message: 'has no meaning with --level nominal' },
    ]);
  if (level === 'ordinal' && order === undefined)
    throw new InvalidInputError(
      [{ at: '--order', message: 'is missing: an ordinal level needs the values in order' }],
      '--level ordinal --order bad,fair,good',
    );
  const values = order?.split(',').map((text) => text.trim());
  if (values !== undefined && (values.includes('') || new Set(values).size < values.length))
    throw new InvalidInputError([
      { at: '--order', message: 'names a value twice, or an empty one' },
    ]);
  return values;
}

function ratingsOf(
  file: string,
  lines: readonly Numbered<Line>[],
  name: string | undefined,
): readonly Rating[] {
  const names = [...new Set(lines.map((at) => at.value.name ?? ''))].sort();
  if (name === undefined && names.length > 1)
    throw new InvalidInputError(
      [
        {
          at: file,
          message: `holds labels of several names: ${names.map((text) => text || '(none)').join(', ')}`,
        },
      ],
      `Choose one with --name ${names.find((text) => text !== '')}`,
    );
  const chosen = lines.filter((at) => name === undefined || at.value.name === name);
  if (chosen.length === 0)
    throw new InvalidInputError([
      {
        at: file,
        message: name === undefined ? 'holds no label' : `holds no label named \`${name}\``,
      },
    ]);
  return chosen.flatMap(({ value: { value: said, ...at } }) => {
    if (said === null) return [];
    const item = `${at.trace_id ?? at.row_id}${at.output_hash === undefined ? '' : `#${at.output_hash}`}`;
    return [
      {
        item,
        cluster: at.conversation ?? item,
        rater: at.rater,
        value: String(said),
        weight: at.weight ?? null,
      },
    ];
  });
}

function compute(ratings: readonly Rating[], order: readonly string[] | undefined): Reliability {
  try {
    return reliabilityOf(ratings, {
      seed: 'label agreement',
      ...(order !== undefined && { order }),
    });
  } catch (error) {
    if (!(error instanceof UnorderedValueError)) throw error;
    throw new InvalidInputError([{ at: '--order', message: error.message }]);
  }
}

const shares = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .map(([name, share]) => `${visible(name)} ${(100 * share).toFixed(1)} %`)
    .join(', ');

const figure = (of: number | null): string => (of === null ? 'undefined' : of.toFixed(3));
const range = (of: { readonly low: number; readonly high: number } | null): string =>
  of === null ? 'none' : `${of.low.toFixed(3)} to ${of.high.toFixed(3)}`;

function reliabilityText(found: Reliability): string {
  const raters = Object.keys(found.raters).length;
  const rows = coefficientsOf(found).map(({ name, value, interval, items }) => [
    visible(name),
    figure(value),
    range(interval),
    `${items}`,
  ]);
  return [
    `${found.labels} labels of ${raters} raters on ${found.items} items, ${found.level}; equal in ${figure(found.agreement)} of pairs`,
    `values: ${shares(found.prevalence)}`,
    ...(found.estimated === null ? [] : [`of all outputs, by weight: ${shares(found.estimated)}`]),
    '',
    table(['', 'figure', '95 % interval', 'items'], rows),
    ...(found.disputed.length === 0 ? [] : ['', 'Most disputed:', disputedTable(found)]),
  ].join('\n');
}

const disputedTable = ({ disputed }: Reliability): string =>
  table(
    ['item', 'labels'],
    disputed.slice(0, 10).map(({ item, labels }) => [
      visible(item),
      Object.entries(labels)
        .map(([rater, said]) => `${visible(rater)}: ${visible(said)}`)
        .join(', '),
    ]),
  );
