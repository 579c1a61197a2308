import type { ScorerKind } from './scorer.ts';

/** What a run was made of: enough to make it again, or to say why another one differs. */
export type RunFacts = {
  readonly run: string;
  readonly createdAt: string;
  readonly dataset: string;
  readonly agent: string;
  readonly agentFingerprint: string;
  /** With `-dirty` where files were changed. */
  readonly gitCommit: string | null;
  /** Version by name, such as `router@3`. */
  readonly prompts: Readonly<Record<string, string>>;
  /** As `purpose: model`, of the calls that were made. */
  readonly models: readonly string[];
  /** What endpoints took otherwise than we would send it, as `model: sends no ...`. */
  readonly dialects: readonly string[];
  /** By scorer version. */
  readonly parameters: Readonly<Record<string, ScorerParameters>>;
  /** Times that what had failed was asked for again. */
  readonly retries: number;
};

export type ScorerParameters = {
  readonly kind: ScorerKind;
  /** Null: that of the role, or none where no model is asked. */
  readonly model: string | null;
  readonly temperature?: number | undefined;
  readonly max_tokens?: number | undefined;
};
