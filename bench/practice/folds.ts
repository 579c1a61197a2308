import type { JudgeMemory } from '../../contracts/judge.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Model } from '../../contracts/model.ts';
import type { Part } from '../../contracts/part.ts';
import { crossFit } from '../../domain/align/cross-fit.ts';
import type { PairedItem } from '../../domain/align/paired.ts';
import type { LabelledItem } from '../../domain/align/snapshot.ts';
import { createRandom } from '../../domain/random.ts';
import { align, judgeOf, labelled } from './judge.ts';
import { runAgent } from './search.ts';
import { type Row, rowsIn, type Task } from './task.ts';

export type Item = {
  readonly row: Row;
  readonly outputs: JsonObject;
  readonly label: LabelledItem;
};

/** The weak prompt's outputs on some parts, with what the scripted reviewers say of them. */
export function labelledOutputs(
  task: Task,
  { model, parts }: { readonly model: Model; readonly parts: readonly Part[] },
): Promise<readonly Item[]> {
  return Promise.all(
    rowsIn(task, ...parts).map(async (row) => {
      const outputs = await runAgent(task, { row, prompt: task.prompt, model, draw: 'evaluate' });
      return { row, outputs, label: labelled(row, outputs) };
    }),
  );
}

export type Relabel = (items: readonly LabelledItem[]) => readonly LabelledItem[];

/** Deals the labels out again among the items, whole: value, rater and reason. */
export function dealt(seed: number): Relabel {
  const random = createRandom(seed);
  return (given) => {
    const order = random.shuffle(given.map(({ labels }) => labels));
    return given.map((item, at) => ({
      ...item,
      labels: order[at]!.map((label) => ({
        ...label,
        example: item.example,
        outputHash: item.outputHash,
      })),
    }));
  };
}

type Folding = {
  readonly model: Model;
  readonly items: readonly Item[];
  /** Of the items that a fold learns from. */
  readonly relabel: Relabel;
  readonly seed: string;
};

/** What the base judge and a judge that learned from the other folds say of each item: five folds by conversation. */
export async function crossFitted(
  task: Task,
  { model, items, relabel, seed }: Folding,
): Promise<readonly PairedItem[]> {
  const byId = new Map(items.map((item) => [item.row.id, item]));
  const names = items.map(({ row }) => ({ item: row.id, conversation: row.conversation }));
  const pairs: PairedItem[] = [];
  for (const { train, test } of crossFit(names, seed)) {
    const learned = relabel(train.map((id) => byId.get(id)!.label));
    const memory = await align(task, { model, items: learned });
    const held = test.map((id) => paired(task, { item: byId.get(id)!, model, memory }));
    pairs.push(...(await Promise.all(held)));
  }
  return pairs;
}

type Judging = { readonly item: Item; readonly model: Model; readonly memory: JudgeMemory };

async function paired(task: Task, { item, model, memory }: Judging): Promise<PairedItem> {
  const { row, outputs, label } = item;
  const verdict = async (of: JudgeMemory | null) =>
    (await judgeOf(task, { model, memory: of })(row, outputs)).value;
  const { conversation, labels } = label;
  return {
    item: row.id,
    conversation,
    labels,
    base: await verdict(null),
    aligned: await verdict(memory),
  };
}
