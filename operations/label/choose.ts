import { z } from 'zod';
import { refuse } from '../../contracts/invalid-input.ts';
import { labelPolicy } from '../../contracts/spec.ts';
import type { LabelPolicy } from '../../contracts/spec.ts';
import type { Db } from '../../db/connect.ts';
import {
  candidatesOfRun,
  candidatesOfTraces,
  type LabelCandidate,
} from '../../db/labels/candidates.ts';
import { namedRun } from '../../db/runs/evaluations.ts';
import { itemKey } from '../../domain/label/consensus.ts';
import { type Selected, selectItems } from '../../domain/label/select.ts';

const { policy, share } = labelPolicy.shape.select.unwrap().shape;

/** What says which outputs a session asks about. */
export const choosing = {
  evaluation: z.string().min(1).optional().describe('the outputs of an evaluation'),
  trace: z.array(z.string().min(1)).optional().describe('a trace; may be given again'),
  policy: policy.unwrap().default('failures-and-share').describe('which of the outputs'),
  share: share.unwrap().default(0.25).describe('of the passes, or of all items, from 0 to 1'),
  ids: z.array(z.string().min(1)).optional().describe('only these examples'),
  where: z
    .string()
    .regex(/^[^=]+=/, 'use tag=value')
    .optional()
    .describe('only examples with this tag: tag=value'),
};
const choice = z.strictObject(choosing);
export type Choice = z.output<typeof choice>;

export type Chosen = {
  readonly items: readonly Selected[];
  readonly datasetVersion: string | null;
  readonly policy: LabelPolicy['select'];
};

type At = { readonly project: string; readonly session: string };

/** The items of a session by hand, by its policy among the outputs of an evaluation or of traces. @throws InvalidInputError */
export async function chooseItems(
  db: Db,
  { project, session }: At,
  { evaluation, trace = [], share: part, ...choosen }: Choice,
): Promise<Chosen> {
  if ((evaluation === undefined) === (trace.length === 0))
    return refuse('evaluation', 'name the outputs: either an evaluation, or one trace or more');
  const select = { policy: trace.length > 0 ? ('all' as const) : choosen.policy, share: part };
  const { candidates, datasetVersion } =
    evaluation === undefined
      ? { candidates: await candidatesOfTraces(db, { project, ids: trace }), datasetVersion: null }
      : await candidatesOfRun(db, {
          project,
          run: await namedRun(db, { project, name: evaluation }),
        });
  const selected = selectItems(
    narrowed(candidates, choosen).map((item) => ({ ...item, part: 'align-labels' as const })),
    { policy: select, method: 'held-out', seed: session },
  );
  if (selected.length === 0) return refuse('evaluation', 'no output is left to label');
  // What a person named is a sample of nothing: no weight makes its figures those of all outputs.
  const named = evaluation === undefined || choosen.ids !== undefined;
  const items = named ? selected.map((item) => ({ ...item, weight: null })) : selected;
  return { items, datasetVersion, policy: select };
}

function narrowed(
  candidates: readonly LabelCandidate[],
  { ids, where }: Pick<Choice, 'ids' | 'where'>,
): readonly LabelCandidate[] {
  const missing = ids?.find((id) => !candidates.some(({ example }) => example === id));
  if (missing !== undefined) return refuse('ids', `example \`${missing}\` has no output here`);
  const [tag, value] = where?.split('=') ?? [];
  return candidates.filter(
    (item) =>
      (ids === undefined || ids.includes(item.example)) &&
      (tag === undefined || item.tags[tag] === value),
  );
}

/** Each output once, in the order chosen. */
export const itemsOf = ({ items }: Chosen) =>
  [...new Map(items.map((item) => [itemKey(item), item])).values()].map(
    ({ example, outputHash, traceId, weight, reason }) => ({
      example,
      outputHash,
      traceId,
      weight,
      reason,
    }),
  );
