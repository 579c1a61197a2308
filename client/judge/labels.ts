import type { JudgeDefinition } from '../../contracts/judge.ts';
import { labelLine, type OutputRef, ownTrace } from '../../contracts/label.ts';
import type { Value } from '../../contracts/value.ts';
import { type Adjudication, listAdjudications } from '../../db/labels/adjudications.ts';
import type { Db } from '../../db/connect.ts';
import { getDataset } from '../../db/data/datasets.ts';
import { LabelError } from '../../db/errors.ts';
import { resolveTargets } from '../../db/labels/target.ts';
import { datasetsHolding, labelledOutputs } from '../../db/labels/labelled.ts';
import { listLabels } from '../../db/labels/labels.ts';
import type { LeftOut, TestedItem } from '../../domain/align/align-input.ts';
import { decidedOf, frozenLabels, type ItemLabel } from '../../domain/align/snapshot.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import { currentLabels, itemKey } from '../../domain/label/consensus.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { readJsonLines } from '../files/json-lines.ts';

/** Which labels a judge is aligned to or tested on. */
export type LabelSource = {
  readonly project: string;
  /** Its name is the name of the labels. */
  readonly definition: JudgeDefinition;
  /** A labels file, which is not recorded; absent: the labels that are stored. */
  readonly file?: string;
  /** Name or version; absent: the one dataset that holds the labelled rows. */
  readonly dataset?: string;
};

export type Labelled = {
  /** Id of the dataset version that the rows are taken from. */
  readonly dataset: string;
  readonly items: readonly TestedItem[];
  readonly leftOut: readonly LeftOut[];
};

type FoundLabel = ItemLabel & { readonly traceId: string };

/** The labelled outputs with what was judged. @throws InvalidInputError | NotFoundError */
export async function labelledItems(db: Db, source: LabelSource): Promise<Labelled> {
  const labels =
    source.file === undefined ? await storedLabels(db, source) : await fileLabels(db, source);
  if (labels.length === 0)
    throw new InvalidInputError(
      [{ at: source.file ?? 'labels', message: `no label answers \`${source.definition.name}\`` }],
      'Import some: npx attune label import <labels.jsonl>, or name a file with --labels.',
    );
  const { project, definition, file } = source;
  const decided =
    file === undefined ? await listAdjudications(db, { project, name: definition.name }) : [];
  const dataset = await datasetOf(db, source, labels);
  return { dataset, ...(await itemsOf(db, { project, dataset, labels, decided })) };
}

async function storedLabels(
  db: Db,
  { project, definition }: LabelSource,
): Promise<readonly FoundLabel[]> {
  return currentLabels(await listLabels(db, { project, name: definition.name }));
}

/** @throws InvalidInputError naming the line */
async function fileLabels(db: Db, source: LabelSource): Promise<readonly FoundLabel[]> {
  const { project, definition } = source;
  const file = source.file!;
  const rows = readJsonLines(file, labelLine);
  const lines = rows.map(({ value }) => value);
  const at = (index: number): string => `${file}:${rows[index]?.line ?? '?'}`;
  const faults = lines.flatMap((line, index) => {
    const message = lineFault(definition, line);
    return message === null ? [] : [{ at: at(index), message }];
  });
  if (faults.length > 0) throw new InvalidInputError(faults);
  const targets = await resolveTargets(db, { project, lines }).catch((error: unknown) => {
    if (!(error instanceof LabelError)) throw error;
    throw new InvalidInputError([{ at: at(error.index), message: error.fault }]);
  });
  const labels = lines.map((line, index) => ({
    rater: line.rater,
    value: line.value,
    rationale: line.rationale ?? null,
    example: targets[index]!.example,
    outputHash: targets[index]!.outputHash,
    traceId: targets[index]!.traceId,
    createdAt: '',
  }));
  return currentLabels(labels);
}

function lineFault(
  definition: JudgeDefinition,
  { name, value }: { readonly name: string; readonly value: Value },
): string | null {
  if (name !== definition.name)
    return `it answers \`${name}\`, not \`${definition.name}\`; labels are named after the judge whose question they answer`;
  return answerFault(definition, value);
}

async function datasetOf(
  db: Db,
  { project, dataset }: LabelSource,
  labels: readonly OutputRef[],
): Promise<string> {
  if (dataset !== undefined) return (await getDataset(db, { project, id: dataset })).id;
  const examples = [...new Set(labels.map(({ example }) => example))];
  const holding = await datasetsHolding(db, { project, examples });
  if (holding.length === 1) return holding[0]!.version;
  const found = holding.map(({ version, rows }) => `${version} (${rows} rows)`).join(', ');
  throw new InvalidInputError([
    {
      at: '--dataset',
      message:
        holding.length === 0
          ? 'no dataset holds the labelled rows; import it first'
          : `several datasets hold labelled rows: ${found}; say which`,
    },
  ]);
}

type Placing = {
  readonly project: string;
  readonly dataset: string;
  readonly labels: readonly FoundLabel[];
  readonly decided: readonly Adjudication[];
};

async function itemsOf(
  db: Db,
  { project, dataset, labels, decided }: Placing,
): Promise<Omit<Labelled, 'dataset'>> {
  const byItem = Map.groupBy(labels, itemKey);
  const decisions = new Map(decided.map((row) => [itemKey(row), row]));
  const refs = [...byItem.values()].map(([first]) => first!);
  const placed = await labelledOutputs(db, { project, version: dataset, refs });
  const items = placed.found.map(({ example, outputHash, content, outputs }): TestedItem => {
    const own = byItem.get(itemKey({ example, outputHash }))!;
    const { inputs, expectations, group, part } = content;
    return {
      example,
      outputHash,
      conversation: group,
      fields: {
        inputs,
        outputs,
        ...(expectations !== undefined && { expectations }),
        // Read where the judge is asked; here it counts that they are there.
        ...(ownTrace(own[0]!.traceId) !== null && { trace: {} }),
        conversation: [],
      },
      labels: frozenLabels(own),
      ...decidedOf(decisions.get(itemKey({ example, outputHash }))),
      part: part as TestedItem['part'],
      traceId: own[0]!.traceId,
      base: null,
    };
  });
  return {
    items,
    leftOut: [
      left(
        `items on rows that ${dataset} does not hold outside of its sealed part`,
        placed.elsewhere,
      ),
      left(
        `items on outputs that ${dataset} no longer holds: their rows were changed`,
        placed.changed,
      ),
    ],
  };
}

const left = (reason: string, of: readonly OutputRef[]): LeftOut => ({
  reason,
  items: of.map(itemKey),
});
