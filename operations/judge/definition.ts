import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { ScorerDefinition } from '../../contracts/scorer.ts';
import type { ScorerEntry } from '../../contracts/scorer-entry.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { builtinDefinition, UnknownBuiltinError } from '../../domain/evaluate/builtin/index.ts';
import { judgeFaults } from '../../domain/evaluate/check-judge.ts';
import { guidelinesJudge } from '../../domain/evaluate/guidelines.ts';

/** The place of a field, for whoever wrote it. */
export type Place = (keys: readonly (string | number)[]) => string;

export type Given = Exclude<ScorerEntry, string>;

/** The definition that an entry brings. @throws InvalidInputError with every fault and its place */
export function definitionOf(entry: Given, at: Place): ScorerDefinition {
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

/** What the schema cannot see. `at` gives the place of a field. @throws InvalidInputError */
function checkDefinition(
  definition: JudgeDefinition,
  at: (field: 'instructions' | 'value') => string,
): void {
  const faults = judgeFaults(definition).map((message) => ({
    at: at(message.startsWith('instructions') ? 'instructions' : 'value'),
    message,
  }));
  if (faults.length > 0) throw new InvalidInputError(faults);
}
