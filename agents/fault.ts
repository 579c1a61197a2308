import type { AssessmentError } from '../contracts/assessment.ts';
import type { Ended } from './runner.ts';

type Of = { readonly who: 'agent' | 'scorer'; readonly timeoutMs: number };

/** What is wrong with how user code ended that did not return. */
export function faultOf(
  ended: Exclude<Ended, { kind: 'returned' }>,
  { who, timeoutMs }: Of,
): AssessmentError {
  switch (ended.kind) {
    case 'threw':
      return { kind: `${who}-error`, message: `${ended.error.name}: ${ended.error.message}` };
    case 'timeout': {
      const message = `the ${who} took more than ${timeoutMs / 1000} s of its own time`;
      return { kind: `${who}-timeout`, message: ended.message ?? message };
    }
    case 'died':
      return { kind: `${who}-died`, message: ended.message };
    case 'unreachable':
      return { kind: 'infrastructure', message: ended.message };
  }
}
