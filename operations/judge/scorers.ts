import type { JudgeDefinition } from '../../contracts/judge.ts';
import {
  isJudge,
  type JudgeVersion,
  type ScorerDefinition,
  type ScorerVersion,
  whyNotLabelled,
} from '../../contracts/scorer.ts';
import { scorerHash } from '../../contracts/scorer-hash.ts';
import { InvalidInputError, refuse } from '../../contracts/invalid-input.ts';
import type { Db } from '../../db/connect.ts';
import { createScorerVersion, findScorer, listScorers } from '../../db/versions/scorers.ts';
import { BUILTIN_JUDGES } from '../../domain/evaluate/builtin/index.ts';

/** A scorer that is named, or whose definition was read. */
export type ScorerInput<D extends ScorerDefinition = ScorerDefinition> =
  | { readonly kind: 'name'; readonly id: string; readonly at: string }
  | { readonly kind: 'definition'; readonly definition: D; readonly at: string };

/** An input that people can label. @throws InvalidInputError for a scorer of another kind */
export function judgeOnly(input: ScorerInput): ScorerInput<JudgeDefinition> {
  if (input.kind === 'name') return input;
  const { definition, at } = input;
  if (definition.kind === undefined || definition.kind === 'judge')
    return { kind: 'definition', definition, at };
  return refuse(at, whyNotLabelled({ name: definition.name, definition }));
}

type Registration = { readonly project: string; readonly input: ScorerInput };

/**
 * The version that an input stands for: by name the newest of the project, else the judge of that name that comes with Attune.
 * @throws InvalidInputError
 */
export async function registerScorer(
  db: Db,
  { project, input }: Registration,
): Promise<ScorerVersion> {
  const create = async (definition: ScorerDefinition): Promise<ScorerVersion> =>
    (await createScorerVersion(db, { project, definition })).version;
  if (input.kind === 'definition') return create(input.definition);
  const known = await findScorer(db, { project, id: input.id });
  if (known !== null) return known;
  const builtin = Object.hasOwn(BUILTIN_JUDGES, input.id) ? BUILTIN_JUDGES[input.id] : undefined;
  if (builtin !== undefined) return create(builtin.definition);
  const names = new Set((await listScorers(db, { project })).map(({ name }) => name));
  throw new InvalidInputError(
    [{ at: input.at, message: `no scorer is named \`${input.id}\`` }],
    `Known: ${[...names].join(', ') || 'none'}. Built in: ${Object.keys(BUILTIN_JUDGES).join(', ')}. A code scorer is known once a worker has loaded attune.config.ts.`,
  );
}

/** What was learned since of a judge that is given as it was written; a version is pinned by its id (`name@1`). */
async function newestAligned(
  db: Db,
  project: string,
  written: ScorerVersion,
): Promise<ScorerVersion> {
  const hash = scorerHash(written.definition, null);
  const aligned = (await listScorers(db, { project, name: written.name })).filter(
    ({ definition, memory }) => memory !== null && scorerHash(definition, null) === hash,
  );
  return aligned.at(-1) ?? written;
}

/** As `registerScorer`, for what people can label. @throws InvalidInputError */
export async function registerJudge(db: Db, of: Registration): Promise<JudgeVersion> {
  const written = await registerScorer(db, of);
  const version = of.input.kind === 'name' ? written : await newestAligned(db, of.project, written);
  if (isJudge(version)) return version;
  throw new InvalidInputError([
    {
      at: of.input.at,
      message: whyNotLabelled(version),
    },
  ]);
}
