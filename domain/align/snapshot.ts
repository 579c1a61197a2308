import { canonical } from '../../contracts/canonical.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { JudgeDefinition, Snapshot } from '../../contracts/judge.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Consensus, Label } from '../../contracts/label.ts';
import type { Value, ValueType } from '../../contracts/value.ts';
import { fieldsMissing, fieldsUsed } from '../evaluate/judge-fields.ts';
import { consensusOf, currentLabels, itemKey, settledBy } from '../label/consensus.ts';

/** What was judged, and what people said of it. */
export type LabelledItem = {
  readonly example: string;
  readonly outputHash: string;
  readonly conversation: string;
  /** All there is of the case: inputs, outputs, expectations ... */
  readonly fields: JsonObject;
  readonly labels: readonly ItemLabel[];
  readonly traceId?: string;
  /** What a person decided where the raters do not agree; absent: nothing. Figures of agreement take no notice. */
  readonly decided?: Pick<ItemLabel, 'value' | 'rationale'> & { readonly who: string };
};

/** A label of an item; one read from a file that was never recorded has no id. */
export type ItemLabel = Pick<
  Label,
  'rater' | 'value' | 'rationale' | 'example' | 'outputHash' | 'createdAt'
> & { readonly id?: string };

/** Labels of one item as an alignment keeps them, one a rater; their times have decided which, and count no more. */
export const frozenLabels = (labels: readonly ItemLabel[]): readonly ItemLabel[] =>
  labels.map(({ id, rater, value, rationale, example, outputHash }) => ({
    ...(id !== undefined && { id }),
    rater,
    value,
    rationale,
    example,
    outputHash,
    createdAt: '',
  }));

/** What a person decided, as an item carries it. */
export const decidedOf = (
  found: LabelledItem['decided'] | undefined,
): Pick<LabelledItem, 'decided'> =>
  found === undefined
    ? {}
    : { decided: { who: found.who, value: found.value, rationale: found.rationale } };

/** What people say of an item: their consensus, or what a person decided where there is none. */
export const settledOf = (
  { labels, decided }: Pick<LabelledItem, 'labels' | 'decided'>,
  type: ValueType,
): Consensus | null => settledBy(consensusOf(currentLabels(labels), type), decided);

/** Reasons for a value; a rater who was overruled gave them for another one. */
export const reasonsFor = (
  { labels, decided }: Pick<LabelledItem, 'labels' | 'decided'>,
  value: Value,
): readonly { readonly rater: string; readonly text: string }[] =>
  [...currentLabels(labels), ...(decided === undefined ? [] : [{ ...decided, rater: decided.who }])]
    .filter((said) => said.value === value && (said.rationale ?? '').trim() !== '')
    .map(({ rater, rationale }) => ({ rater, text: rationale! }));

export type Snapshots = {
  /** In order of their items; two items with equal fields and value are one snapshot. */
  readonly snapshots: readonly Snapshot[];
  /** Items whose raters do not agree: kept out of alignment. */
  readonly contested: readonly string[];
  /** Items that lack a field the judge's instructions use. */
  readonly incomplete: readonly { readonly item: string; readonly missing: readonly string[] }[];
};

/** Copies consensus labels whole: nothing that is edited later changes a snapshot. Every item left out is listed. */
export function buildSnapshots(
  definition: JudgeDefinition,
  items: readonly LabelledItem[],
): Snapshots {
  const contested: string[] = [];
  const incomplete: { item: string; missing: readonly string[] }[] = [];
  const found = new Map<string, Snapshot>();
  for (const labelled of items.toSorted((a, b) => order(itemKey(a), itemKey(b)))) {
    const item = itemKey(labelled);
    const consensus = settledOf(labelled, definition.value);
    const missing = fieldsMissing(definition.instructions, labelled.fields);
    if (consensus?.kind === 'contested') contested.push(item);
    else if (consensus !== null && missing.length > 0) incomplete.push({ item, missing });
    else if (consensus !== null)
      add(found, snapshotOf({ definition, labelled, value: consensus.value }));
  }
  return { snapshots: [...found.values()], contested, incomplete };
}

function snapshotOf(of: {
  readonly definition: JudgeDefinition;
  readonly labelled: LabelledItem;
  readonly value: Value;
}): Snapshot {
  const used = fieldsUsed(of.definition.instructions, of.labelled.fields);
  const fields = JSON.parse(canonical(used)) as JsonObject;
  return {
    id: hashJson({ fields, value: of.value }),
    item: itemKey(of.labelled),
    conversation: of.labelled.conversation,
    fields,
    value: of.value,
    rationales: reasonsFor(of.labelled, of.value),
    labels: currentLabels(of.labelled.labels).map(({ id = '', rater, value }) => ({
      id,
      item: itemKey(of.labelled),
      trace: of.labelled.traceId ?? null,
      rater,
      value,
    })),
  };
}

function add(found: Map<string, Snapshot>, snapshot: Snapshot): void {
  const twin = found.get(snapshot.id);
  if (twin === undefined) found.set(snapshot.id, snapshot);
  else
    found.set(snapshot.id, {
      ...twin,
      labels: [...(twin.labels ?? []), ...(snapshot.labels ?? [])],
      rationales: [...twin.rationales, ...snapshot.rationales].filter(
        (reason, at, all) => all.findIndex(({ text }) => text === reason.text) === at,
      ),
    });
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
