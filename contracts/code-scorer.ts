import type { JsonObject } from './json.ts';
import type { JudgeDefinition } from './judge.ts';
import type { Completion, CompletionRequest } from './model.ts';
import type { Trace } from './trace.ts';
import type { Value } from './value.ts';

/** What a code scorer is given of one output. */
export type ScorerSubject = {
  readonly id: string;
  readonly inputs: JsonObject;
  readonly outputs: JsonObject;
  readonly expectations: JsonObject | null;
  readonly tags: Readonly<Record<string, string>>;
  /** Null for recorded outputs without one. */
  readonly trace: Trace | null;
  /** Number of the trial, from 0. */
  readonly trial: number;
};

/** A value of the declared type; null where the scorer has nothing to say of the case. */
export type CodeVerdict =
  Value | null | { readonly value: Value | null; readonly rationale?: string };

export type JudgeAnswer = {
  readonly value: Value;
  /** Null: not applicable, or a text. */
  readonly score: number | null;
  readonly rationale: string;
};

/** What a code scorer may use; calls go through the ledger and count as calls of the purpose `judge`. */
export type ScorerContext = {
  /**
   * Asks a judge about some fields (default: those of the subject): one that comes with Attune or of the project, by name, or one
   * defined in place.
   */
  judge(
    judge: string | Omit<JudgeDefinition, 'name' | 'notApplicable' | 'parameters'>,
    fields?: JsonObject,
  ): Promise<JudgeAnswer>;
  /** A model call; model defaults to the role `judge`. */
  complete(
    request: Omit<CompletionRequest, 'model'> & { readonly model?: string },
  ): Promise<Completion>;
  /** Aborted at the scorer's timeout. */
  readonly signal: AbortSignal;
};
