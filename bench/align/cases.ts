import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashJson } from '../../contracts/hash.ts';
import { judgeDefinition } from '../../contracts/judge.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { Value } from '../../contracts/value.ts';
import type { LabelledItem } from '../../domain/align/snapshot.ts';
import { createRandom } from '../../domain/random.ts';
import type { Lesson } from './loop.ts';
import { planted } from '../planted.ts';

type Said = { readonly rater: string; readonly value: Value; readonly rationale?: string };
type Case = {
  readonly id: string;
  readonly conversation: string;
  readonly fields: JsonObject;
  readonly labels: readonly Said[];
};

function itemOf({ id, conversation, fields, labels }: Case): LabelledItem {
  const at = { example: id, outputHash: hashJson(fields['outputs'] ?? null) };
  return {
    ...at,
    conversation,
    fields,
    labels: labels.map(({ rationale = null, ...said }) => ({
      ...said,
      ...at,
      rationale,
      createdAt: '',
    })),
  };
}

/** A judge whose labels follow a planted rule: 100 to learn from, 100 for the adoption rule, 100 fresh ones. */
export function plantedLesson(seed: number): Lesson {
  const { judge, rows, labels } = planted(seed, { learn: 100, test: 200 });
  const said = Map.groupBy(labels, ({ row_id }) => row_id);
  const items = rows.map((row) => ({
    part: row.tags?.['part'],
    item: itemOf({
      id: row.id,
      conversation: row.id,
      fields: { inputs: row.inputs, outputs: row.outputs! },
      labels: said
        .get(row.id)!
        .map(({ rater, value, rationale = '' }) => ({ rater, value, rationale })),
    }),
  }));
  const of = (part: string) => items.filter((at) => at.part === part).map(({ item }) => item);
  return {
    definition: judge,
    learn: of('align-labels'),
    test: of('judge-test').slice(0, 100),
    fresh: of('judge-test').slice(100),
    seed: `planted-${seed}`,
  };
}

type Label = LabelledItem['labels'][number];

/** `team: the message says 'cue'.` in its two parts. */
function reasonOf({ rationale }: Label): { readonly team: string; readonly cue: string } {
  const [team = '', cue = ''] = (rationale ?? '').split(':');
  return { team, cue };
}

/**
 * The same with the labels to learn from dealt out at random. `parts`: value, team and cue each on their own, so that nothing of the
 * rule is left; `whole`: each label as it is, whose reason still states the rule, wherever it comes to lie.
 */
export function shuffledLesson(seed: number, how: 'parts' | 'whole' = 'parts'): Lesson {
  const lesson = plantedLesson(seed);
  const random = createRandom(10_000 + seed);
  const labels = lesson.learn.map((item) => item.labels[0]!);
  const value = random.shuffle(labels);
  const [team, cue] =
    how === 'whole' ? [value, value] : [random.shuffle(labels), random.shuffle(labels)];
  const learn = lesson.learn.map((item, at) => {
    const rationale = `${reasonOf(team[at]!).team}:${reasonOf(cue[at]!).cue}`;
    const own = { example: item.example, outputHash: item.outputHash };
    return { ...item, labels: [{ ...value[at]!, ...own, rationale }] };
  });
  return { ...lesson, learn, seed: `shuffled-${how}-${seed}` };
}

type Row = {
  readonly id: string;
  readonly inputs: JsonObject;
  readonly outputs: JsonObject;
  readonly tags: { readonly instruction_group: string };
};

export const PANDALM = join(process.env['ATTUNE_SHARED'] ?? '../shared', 'data', 'pandalm');
export const hasPandalm = (): boolean => existsSync(join(PANDALM, 'rows.jsonl'));

const read = <T>(name: string): T[] =>
  readFileSync(join(PANDALM, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);

/** PandaLM's people: two fifths of the instruction groups to learn from, three tenths for the adoption rule and for fresh figures each. */
export function pandalmLesson(seed: number): Lesson {
  const said = Map.groupBy(
    read<Said & { readonly row_id: string }>('labels.jsonl'),
    ({ row_id }) => row_id,
  );
  const items = read<Row>('rows.jsonl').map(({ id, inputs, outputs, tags }) =>
    itemOf({
      id,
      conversation: tags.instruction_group,
      fields: { inputs, outputs },
      labels: said.get(id)!.map(({ rater, value }) => ({ rater, value })),
    }),
  );
  const groups = [...new Set(items.map(({ conversation }) => conversation))].sort();
  const drawn = createRandom(seed).shuffle(groups);
  const [learned, tested] = [0.4, 0.7].map((share) => Math.floor(share * drawn.length));
  const within = (from: number | undefined, to: number | undefined) => {
    const wanted = new Set(drawn.slice(from, to));
    return items.filter(({ conversation }) => wanted.has(conversation));
  };
  const definition = judgeDefinition.parse({
    name: 'preference',
    instructions:
      'Two responses to the instruction in {{inputs}} stand in {{outputs}}. Which one is better, or is it a tie?',
    value: { type: 'categories', categories: { response1: 1, tie: 0.5, response2: 0 } },
  });
  return {
    definition,
    learn: within(0, learned),
    test: within(learned, tested),
    fresh: within(tested, undefined),
    seed: `pandalm-${seed}`,
  };
}
