import { ApplicationFailure } from '@temporalio/workflow';

/** The failure that an activity or a child named, of one of these types where some are given, below the wrappers of Temporal. */
export function failureIn(error: unknown, types?: readonly string[]): ApplicationFailure | null {
  for (let cause = error; cause instanceof Error; cause = cause.cause)
    if (cause instanceof ApplicationFailure && (types?.includes(cause.type ?? '') ?? true))
      return cause;
  return null;
}
