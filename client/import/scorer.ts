import { resolve } from 'node:path';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import { type JudgeEntry, type ScorerEntry, scorerEntry } from '../../contracts/scorer-entry.ts';
import { judgeOnly, type ScorerInput } from '../../operations/judge/scorers.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { readDocument } from '../files/document.ts';
import { isPath } from '../../operations/paths.ts';
import { definitionOf, type Place } from '../../operations/judge/definition.ts';

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
  return judgeOnly(readScorerEntry(entry, source));
}
