import type { PromptVersion } from '../contracts/prompt.ts';
import { changedVariables, variableList } from '../contracts/template.ts';

/** The database was migrated by a newer program. */
export class DatabaseTooNewError extends Error {
  override readonly name = 'DatabaseTooNewError';
  readonly kind = 'internal';
  readonly retryable = false;
  readonly version: number;
  readonly known: number;
  constructor(version: number, known: number) {
    super(
      `the database is at schema version ${version}, this program knows up to ${known}; run a newer program, or point DATABASE_URL at another database`,
    );
    this.version = version;
    this.known = known;
  }
}

/** What a page asked for took longer than a reader waits. */
export class SlowStatementError extends Error {
  override readonly name = 'SlowStatementError';
  readonly kind = 'refused';
  readonly retryable = false;
  readonly seconds: number;
  constructor(seconds: number) {
    super(
      `this took the database longer than ${seconds} s and was stopped; narrow the filter, or ask on the command line`,
    );
    this.seconds = seconds;
  }
}

/** What was asked for by name is not there. */
export class NotFoundError extends Error {
  override readonly name = 'NotFoundError';
  readonly kind = 'not-found';
  readonly noun: string;
  readonly id: string;
  readonly retryable = false;
  constructor(noun: string, id: string, remedy: string) {
    super(`${noun} \`${id}\` is not there; ${remedy}`);
    this.noun = noun;
    this.id = id;
  }
}

/** A session that a cycle waits for is ended by that cycle alone. */
export class SessionOfCycleError extends Error {
  override readonly name = 'SessionOfCycleError';
  readonly kind = 'refused';
  readonly session: string;
  readonly cycle: string;
  readonly retryable = false;
  constructor(session: string, cycle: string) {
    super(
      `label session \`${session}\` belongs to the cycle ${cycle}, which ends it; when people are done: \`attune cycle labeling-complete ${cycle}\``,
    );
    this.session = session;
    this.cycle = cycle;
  }
}

/** A scorer that is no judge was named where people label or a judge learns; the message says what to do instead. */
export class NotJudgeError extends Error {
  override readonly name = 'NotJudgeError';
  readonly kind = 'refused';
  readonly id: string;
  readonly retryable = false;
  constructor(id: string, why: string) {
    super(why);
    this.id = id;
  }
}

/** Sealed examples were asked for where nobody may read them (specs/cycle.md, "Which phase may read which part"). */
export class SealedError extends Error {
  override readonly name = 'SealedError';
  readonly kind = 'forbidden';
  readonly what: string;
  readonly retryable = false;
  constructor(what: string) {
    super(
      `${what} is sealed: only the gate reads it, once its finalist is frozen; leave sealed rows out, or open them with --unseal, which retires them for every later gate`,
    );
    this.what = what;
  }
}

/** Somebody else moved the alias meanwhile. */
export class AliasMovedError extends Error {
  override readonly name = 'AliasMovedError';
  readonly kind = 'conflict';
  readonly prompt: string;
  readonly alias: string;
  readonly expected: number | null;
  readonly found: number | null;
  readonly retryable = false;
  constructor(at: {
    readonly prompt: string;
    readonly alias: string;
    readonly expected: number | null;
    readonly found: number | null;
  }) {
    super(
      `alias ${at.prompt}@${at.alias} stands at ${shown(at.found)}, not at ${shown(at.expected)} as expected; look at its history, then decide anew`,
    );
    this.prompt = at.prompt;
    this.alias = at.alias;
    this.expected = at.expected;
    this.found = at.found;
  }
}

const shown = (number: number | null): string =>
  number === null ? 'nothing' : `version ${number}`;

/** A version whose template variables are not those that the agent fills where the alias stands. */
export class VariablesChangedError extends Error {
  override readonly name = 'VariablesChangedError';
  readonly kind = 'refused';
  readonly lost: readonly string[];
  readonly added: readonly string[];
  readonly retryable = false;
  constructor(
    { prompt, alias }: { readonly prompt: string; readonly alias: string },
    { before, after }: { readonly before: PromptVersion; readonly after: PromptVersion },
  ) {
    const { lost, added } = changedVariables(before.variables, after.variables);
    const faults = [
      ...(lost.length > 0 ? [`drops the template variables ${variableList(lost)}`] : []),
      ...(added.length > 0 ? [`adds ${variableList(added)}`] : []),
    ];
    super(
      `${prompt}@${after.number} ${faults.join(' and ')}; the agent fills those of version ${before.number}, where ${prompt}@${alias} stands; register a version with the same variables, or give --other-variables if the agent was changed to fill the new ones`,
    );
    this.lost = lost;
    this.added = added;
  }
}

/** An alias without a move before its present one. */
export class NoPredecessorError extends Error {
  override readonly name = 'NoPredecessorError';
  readonly kind = 'refused';
  readonly retryable = false;
  constructor(prompt: string, alias: string) {
    super(
      `alias ${prompt}@${alias} has no recorded predecessor to return to; set it with \`attune prompt alias\``,
    );
  }
}

/** A dataset that cannot be imported as it is; nothing of it was. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly kind = 'refused';
  readonly example: string;
  readonly retryable = false;
  constructor(example: string, fault: string) {
    super(`example \`${example}\`: ${fault}; nothing was imported`);
    this.example = example;
  }
}

/** A label that cannot be recorded; none of its request was. */
export class LabelError extends Error {
  override readonly name = 'LabelError';
  readonly kind = 'refused';
  /** Place in the request, from 0. */
  readonly index: number;
  /** Without the place. */
  readonly fault: string;
  readonly retryable = false;
  constructor(index: number, fault: string) {
    super(`label ${index + 1}: ${fault}; no label of this request was recorded`);
    this.index = index;
    this.fault = fault;
  }
}

/** The same name with other content where a retry must find its own. */
export class ConflictError extends Error {
  override readonly name = 'ConflictError';
  readonly kind = 'refused';
  readonly retryable = false;
  constructor(noun: string, id: string, difference: string) {
    super(`${noun} \`${id}\` is there already with ${difference}; use another name`);
  }
}
