import type { JsonObject } from '../../contracts/json.ts';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import { ownTrace } from '../../contracts/label.ts';
import type { Part } from '../../contracts/part.ts';
import type { Value } from '../../contracts/value.ts';
import { fieldsMissing } from '../evaluate/judge-fields.ts';
import { answerFault } from '../label/answer-fault.ts';
import { itemKey } from '../label/consensus.ts';
import { agreementPlan } from '../promote/folds.ts';
import { crossFit } from './cross-fit.ts';
import { type LabelledItem, settledOf } from './snapshot.ts';

/** A labelled item with what the judge tests need. */
export type TestedItem = LabelledItem & {
  readonly part: Exclude<Part, 'sealed'>;
  readonly traceId: string;
  /** What the base judge said of it; null where that is not known yet. */
  readonly base: Value | null;
  /** Labelled in an earlier round or another session: the evaluation of the cycle did not judge it. */
  readonly earlier?: boolean;
};

/** What was judged of an item, for a judge that is to look at it again. */
export const recordedOf = ({ example, fields, traceId }: TestedItem) => ({
  example,
  outputs: fields['outputs'] as JsonObject,
  traceId: ownTrace(traceId),
});

/** Items or labels that are not learned from, and why. */
export type LeftOut = { readonly reason: string; readonly items: readonly string[] };

/** Items to learn from, and items to judge with what was learned. */
export type Lesson = { readonly learn: readonly string[]; readonly test: readonly string[] };

/** What an alignment works on, written down once: labels that come later change nothing of it. */
export type AlignInput = {
  readonly method: 'held-out' | 'cross-fitted';
  readonly items: readonly TestedItem[];
  /** By engine; `align` makes the judge, the others measure (folds). */
  readonly engines: Readonly<Record<string, Lesson>>;
  readonly leftOut: readonly LeftOut[];
};

/** Of items that are not learned from and yet count in agreement figures. */
export const CONTESTED =
  'contested items, on which raters contradict each other: not learned from, in the agreement figures with each label';

/** The engine whose result is the aligned judge. */
export const MAIN_ENGINE = 'align';

/**
 * Judge-test items are held out and all others learned from; with fewer than 60 of them both are one, cross-fitted in five folds.
 * Nothing is dropped silently: `leftOut` names every item that is not learned from.
 */
export function alignInput(of: {
  readonly definition: JudgeDefinition;
  readonly items: readonly TestedItem[];
  /** Equal salt, equal folds. */
  readonly salt: string;
  readonly leftOut?: readonly LeftOut[];
}): AlignInput {
  const { definition } = of;
  const answered = of.items.map((item) => fitting(definition, item));
  const labelled = answered.filter(({ labels }) => labels.length > 0);
  const items = labelled.filter(({ fields }) => missingOf(definition, fields).length === 0);
  const method = agreementPlan(items.filter(({ part }) => part === 'judge-test').length);
  return {
    method,
    items,
    engines: method === 'held-out' ? heldOut(items) : folded(definition, items, of.salt),
    leftOut: [
      ...(of.leftOut ?? []),
      ...faultyLabels(definition, of.items),
      ...incomplete(definition, labelled),
      ...contested(definition, items),
    ].filter(({ items: names }) => names.length > 0),
  };
}

const missingOf = (definition: JudgeDefinition, fields: TestedItem['fields']) =>
  fieldsMissing(definition.instructions, fields);

/** The item with the labels that answer the judge's question. */
const fitting = (definition: JudgeDefinition, item: TestedItem): TestedItem => ({
  ...item,
  labels: item.labels.filter(({ value }) => answerFault(definition, value) === null),
});

function heldOut(items: readonly TestedItem[]): AlignInput['engines'] {
  const keys = (test: boolean): string[] =>
    items.filter(({ part }) => (part === 'judge-test') === test).map(itemKey);
  return { [MAIN_ENGINE]: { learn: keys(false), test: keys(true) } };
}

/** All items for the judge; five folds to measure it, less those that would have nothing to learn from. */
function folded(
  definition: JudgeDefinition,
  items: readonly TestedItem[],
  salt: string,
): AlignInput['engines'] {
  const names = items.map((item) => ({ item: itemKey(item), conversation: item.conversation }));
  const agreed = new Set(items.filter((item) => isAgreed(definition, item)).map(itemKey));
  const folds = crossFit(names, salt)
    .filter(({ train }) => train.some((item) => agreed.has(item)))
    .map(
      ({ fold, train, test }) =>
        [`${MAIN_ENGINE}/fold-${fold + 1}`, { learn: train, test }] as const,
    );
  const all = { learn: names.map(({ item }) => item), test: [] };
  return { [MAIN_ENGINE]: all, ...Object.fromEntries(folds) };
}

const isAgreed = ({ value }: JudgeDefinition, item: TestedItem): boolean =>
  settledOf(item, value)?.kind === 'value';

function faultyLabels(definition: JudgeDefinition, items: readonly TestedItem[]): LeftOut[] {
  const faults = items.flatMap((item) =>
    item.labels.flatMap((label) => {
      const fault = answerFault(definition, label.value);
      return fault === null ? [] : [{ fault, item: itemKey(item) }];
    }),
  );
  return [...Map.groupBy(faults, ({ fault }) => fault)].map(([fault, of]) => ({
    reason: `labels whose ${fault}`,
    items: of.map(({ item }) => item),
  }));
}

function incomplete(definition: JudgeDefinition, items: readonly TestedItem[]): LeftOut[] {
  const lacking = items.filter(({ fields }) => missingOf(definition, fields).length > 0);
  const byField = Map.groupBy(lacking, ({ fields }) => missingOf(definition, fields).join(', '));
  return [...byField].map(([fields, of]) => ({
    reason: `items that lack ${fields}, which the judge's instructions use`,
    items: of.map(itemKey),
  }));
}

const contested = (definition: JudgeDefinition, items: readonly TestedItem[]): LeftOut[] => [
  {
    reason: CONTESTED,
    items: items.filter((item) => !isAgreed(definition, item)).map(itemKey),
  },
];
