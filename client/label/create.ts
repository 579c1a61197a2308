import type { LabelPolicy } from '../../contracts/spec.ts';
import { sessionQuestion, type SessionQuestion } from '../../contracts/session.ts';
import { duration, milliseconds } from '../../contracts/duration.ts';
import {
  candidatesOfRun,
  candidatesOfTraces,
  type LabelCandidate,
} from '../../db/labels/candidates.ts';
import type { Db } from '../../db/connect.ts';
import { namedRun } from '../../db/runs/evaluations.ts';
import { itemKey } from '../../domain/label/consensus.ts';
import { type Selected, selectItems } from '../../domain/label/select.ts';
import { refuse } from '../../contracts/invalid-input.ts';

export type CreateOptions = {
  readonly judge: string;
  readonly evaluation?: string;
  readonly trace: readonly string[];
  readonly policy: string;
  readonly share: string;
  readonly where?: string;
  readonly ids?: string;
  readonly raters: string;
  readonly minimum?: string;
  readonly deadline: string;
  readonly question: readonly string[];
};

const POLICIES = ['all', 'failures-and-share', 'random', 'uncertain', 'diverse'] as const;

export const MINIMUM = 20;

export type Chosen = {
  readonly items: readonly Selected[];
  readonly datasetVersion: string | null;
  readonly policy: LabelPolicy['select'];
};

/** The items of a session by hand, by its policy among the outputs of an evaluation or of traces. @throws InvalidInputError */
export async function chooseItems(
  db: Db,
  {
    project,
    session,
    options,
  }: { readonly project: string; readonly session: string; readonly options: CreateOptions },
): Promise<Chosen> {
  const { evaluation, trace } = options;
  if ((evaluation === undefined) === (trace.length === 0))
    return refuse('label create', 'name the outputs: either --evaluation, or --trace once or more');
  const policy = policyOf(options);
  const { candidates, datasetVersion } =
    evaluation === undefined
      ? { candidates: await candidatesOfTraces(db, { project, ids: trace }), datasetVersion: null }
      : await candidatesOfRun(db, {
          project,
          run: await namedRun(db, { project, name: evaluation }),
        });
  const left = narrowed(candidates, options);
  const selected = selectItems(
    left.map((item) => ({ ...item, part: 'align-labels' as const })),
    { policy, method: 'held-out', seed: session },
  );
  if (selected.length === 0) return refuse('label create', 'no output is left to label');
  // What a person named is a sample of nothing: no weight makes its figures those of all outputs.
  const named = evaluation === undefined || options.ids !== undefined;
  const items = named ? selected.map((item) => ({ ...item, weight: null })) : selected;
  return { items, datasetVersion, policy };
}

function policyOf({ policy: text, share: part, trace }: CreateOptions): LabelPolicy['select'] {
  const policy = POLICIES.find((one) => one === (trace.length > 0 ? 'all' : text));
  if (policy === undefined)
    return refuse('--policy', `\`${text}\` is none of ${POLICIES.join(', ')}`);
  const share = Number(part);
  if (!(share >= 0 && share <= 1)) return refuse('--share', `\`${part}\` is no share from 0 to 1`);
  return { policy, share };
}

/** `--ids a,b` keeps examples, `--where tag=value` those with a tag. */
function narrowed(candidates: readonly LabelCandidate[], { ids, where }: CreateOptions) {
  const wanted = ids?.split(',').map((id) => id.trim());
  const missing = wanted?.find((id) => !candidates.some(({ example }) => example === id));
  if (missing !== undefined) return refuse('--ids', `example \`${missing}\` has no output here`);
  const [tag, value] = where?.split('=') ?? [];
  if (where !== undefined && value === undefined) return refuse('--where', 'use tag=value');
  return candidates.filter(
    (item) =>
      (wanted === undefined || wanted.includes(item.example)) &&
      (tag === undefined || item.tags[tag] === value),
  );
}

export const items = (chosen: Chosen) =>
  [...new Map(chosen.items.map((item) => [itemKey(item), item])).values()].map(
    ({ example, outputHash, traceId, weight, reason }) => ({
      example,
      outputHash,
      traceId,
      weight,
      reason,
    }),
  );

/** Further questions, each by a name of its own. @throws InvalidInputError */
export function questionsOf(texts: readonly string[]): readonly SessionQuestion[] {
  const questions = texts.map(questionOf);
  const names = questions.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return questions;
  return refuse('--question', `\`${twice}\` is the name of two questions`);
}

/** `name=text` for a free text, `name:expectation=text` for what the answer should have been. */
function questionOf(text: string): SessionQuestion {
  const [, name, kind, asked] = /^([^:=]+)(?::([^=]+))?=(.+)$/s.exec(text) ?? [];
  const checked = sessionQuestion.safeParse({ name, kind, text: asked });
  if (checked.success) return checked.data;
  return refuse('--question', `\`${text}\`: use name=text or name:expectation=text`);
}

/** Items people must agree on: never more than there are. @throws InvalidInputError */
export function minimumOf(text: string | undefined, size: number): number {
  if (text === undefined) return Math.min(MINIMUM, size);
  const minimum = wholeOf('--minimum', text);
  if (minimum <= size) return minimum;
  return refuse('--minimum', `${minimum} is more than the ${size} items of the session`);
}

export function wholeOf(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  return refuse(option, `\`${text}\` is no whole number from 1`);
}

export function deadlineOf(text: string): string {
  const checked = duration.safeParse(text);
  if (!checked.success) return refuse('--deadline', `\`${text}\`: use a duration such as 7d`);
  return new Date(Date.now() + milliseconds(checked.data)).toISOString();
}
