import { judgeDefinition, type JudgeDefinition } from '../../contracts/judge.ts';
import { judgeFaults } from '../../domain/evaluate/check-judge.ts';
import { InvalidInputError } from '../errors.ts';
import { readDocument } from '../files/document.ts';

/** A judge file. @throws InvalidInputError with every fault and its line, unknown variables among them */
export function readJudge(path: string): JudgeDefinition {
  const { value, at } = readDocument(path, judgeDefinition);
  checkDefinition(value, (field) => at([field]));
  return value;
}

/** What the schema cannot see. `at` gives the place of a field. @throws InvalidInputError */
export function checkDefinition(
  definition: JudgeDefinition,
  at: (field: 'instructions' | 'value') => string,
): void {
  const faults = judgeFaults(definition).map((message) => ({
    at: at(message.startsWith('instructions') ? 'instructions' : 'value'),
    message,
  }));
  if (faults.length > 0) throw new InvalidInputError(faults);
}
