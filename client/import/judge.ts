import type { JudgeDefinition } from '../../contracts/judge.ts';
import { judgeFaults } from '../../domain/evaluate/check-judge.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';

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
