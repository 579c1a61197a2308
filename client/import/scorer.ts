import { resolve } from 'node:path';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import {
  isJudge,
  type JudgeVersion,
  type ScorerDefinition,
  type ScorerVersion,
  whyNotLabelled,
} from '../../contracts/scorer.ts';
import { type JudgeEntry, type ScorerEntry, scorerEntry } from '../../contracts/scorer-entry.ts';
import type { Db } from '../../db/connect.ts';
import { createScorerVersion, findScorer, listScorers } from '../../db/versions/scorers.ts';
import {
  BUILTIN_JUDGES,
  builtinDefinition,
  UnknownBuiltinError,
} from '../../domain/evaluate/builtin/index.ts';
import { guidelinesJudge } from '../../domain/evaluate/guidelines.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { readDocument } from '../files/document.ts';
import { isPath } from '../spec/read.ts';
import { checkDefinition } from './judge.ts';

/** A scorer that is named, or whose definition was read. */
export type ScorerInput<D extends ScorerDefinition = ScorerDefinition> =
  | { readonly kind: 'name'; readonly id: string; readonly at: string }
  | { readonly kind: 'definition'; readonly definition: D; readonly at: string };

type Place = (keys: readonly (string | number)[]) => string;
type Source = { readonly folder: string; readonly at: Place };

/** What an entry stands for. @throws InvalidInputError with every fault and its place */
export function readScorerEntry(entry: ScorerEntry, { folder, at }: Source): ScorerInput {
  if (typeof entry !== 'string')
    return { kind: 'definition', definition: definitionOf(entry, at), at: at([]) };
  if (!isPath(entry)) return { kind: 'name', id: entry, at: at([]) };
  const path = resolve(folder, entry);
  const file = readDocument(path, scorerEntry);
  if (typeof file.value === 'string')
    throw new InvalidInputError([{ at: path, message: 'holds a name instead of a scorer' }]);
  return { kind: 'definition', definition: definitionOf(file.value, file.at), at: path };
}

/** As `readScorerEntry`, for what people can label. @throws InvalidInputError */
export function readJudgeEntry(entry: JudgeEntry, source: Source): ScorerInput<JudgeDefinition> {
  const input = readScorerEntry(entry, source);
  if (input.kind === 'name') return input;
  const { definition, at } = input;
  if (definition.kind === undefined || definition.kind === 'judge')
    return { kind: 'definition', definition, at };
  throw new InvalidInputError([
    {
      at,
      message: whyNotLabelled({ name: definition.name, definition }),
    },
  ]);
}

type Given = Exclude<ScorerEntry, string>;

function definitionOf(entry: Given, at: Place): ScorerDefinition {
  if ('builtin' in entry) return builtinOf(entry, at);
  if (entry.kind === 'guidelines') return guidelinesJudge(entry);
  if (entry.kind === undefined || entry.kind === 'judge')
    checkDefinition(entry, (key) => at([key]));
  return entry;
}

function builtinOf(entry: Extract<Given, { builtin: string }>, at: Place): JudgeDefinition {
  try {
    return builtinDefinition(entry);
  } catch (error) {
    if (!(error instanceof UnknownBuiltinError)) throw error;
    throw new InvalidInputError([{ at: at(['builtin']), message: error.message }]);
  }
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

/** As `registerScorer`, for what people can label. @throws InvalidInputError */
export async function registerJudge(db: Db, of: Registration): Promise<JudgeVersion> {
  const version = await registerScorer(db, of);
  if (isJudge(version)) return version;
  throw new InvalidInputError([
    {
      at: of.input.at,
      message: whyNotLabelled(version),
    },
  ]);
}
