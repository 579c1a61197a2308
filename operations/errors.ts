import type { Role } from './operation.ts';

/** Who asks may not. */
export class RoleError extends Error {
  override readonly name = 'RoleError';
  readonly kind = 'forbidden';
  readonly retryable = false;
  constructor(operation: string, { has, needs }: { readonly has: Role; readonly needs: Role }) {
    super(`${operation} needs the role ${needs}, and you have ${has}; ask an admin of the project`);
  }
}

/** A running workflow refused a message, with its reason. */
export class MessageDeclinedError extends Error {
  override readonly name = 'MessageDeclinedError';
  readonly kind = 'undecided';
  readonly retryable = false;
}

/** A service that is needed did not answer. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly kind = 'unavailable';
  readonly retryable = true;
  readonly hint: string;
  constructor(what: string, why: string, hint: string) {
    super(`${what} does not answer: ${why}`);
    this.hint = hint;
  }
}

/** A cycle of that name is under way; two would move the same aliases and ask the same people. */
export class CycleRunsError extends Error {
  override readonly name = 'CycleRunsError';
  readonly kind = 'conflict';
  readonly retryable = false;
  readonly hint: string;
  constructor(cycle: string, phase: string | null) {
    super(`${cycle} is under way${phase === null ? '' : ` (${phase})`}; nothing was started`);
    this.hint = `Follow it with \`attune cycle watch ${cycle}\`, end it with \`attune cycle cancel ${cycle}\`, or start another beside it with --force.`;
  }
}
