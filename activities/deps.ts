import type { AgentHost } from '../agents/host.ts';
import type { LoadedAgent, LoadedScorer } from '../agents/load.ts';
import type { ScorerHost } from '../agents/scorer-host.ts';
import type { Model, Role } from '../contracts/model.ts';
import type { Alignments } from './align/cache.ts';
import type { Memories } from './evaluate/memories.ts';
import { cycleKey as prefixOf, type CycleRef } from '../db/cycles/cycles.ts';
import type { Db } from '../db/connect.ts';
import type { ReadScorers } from '../db/runs/scorers.ts';

/** What activities work with; opened once by the worker's composition root. */
export type ActivityDeps = {
  readonly db: Db;
  readonly model: Model;
  readonly models: Readonly<Record<Role, string>>;
  /** The practice model is in use; reports say so. */
  readonly practice: boolean;
  /** Search attributes are registered, so workflows may set them. */
  readonly searchAttributes: boolean;
  /** Of a run; this process has read each version once. */
  readonly scorersOf: ReadScorers;
  readonly memories: Memories;
  readonly alignments: Alignments;
  readonly now: () => number;
  /** Where reminders go, and the address of the server in their links; null where the worker was told neither. */
  readonly outward: { readonly webhook: string | null; readonly url: string | null };
};

export type AgentDeps = ActivityDeps & {
  readonly agents: Readonly<Record<string, LoadedAgent>>;
  readonly host: AgentHost;
  readonly scorers: Readonly<Record<string, LoadedScorer>>;
  readonly scorerHost: ScorerHost;
};

/** Rollouts of a run by ordinal, `to` excluded. */
export type Work = {
  readonly project: string;
  readonly run: string;
  readonly from: number;
  readonly to: number;
};

type Named = Partial<Readonly<Record<Role, string | undefined>>>;

/** The model of each role: the one that a cycle or run began with, whatever the worker names by now; else its spec's, else the worker's. */
export function modelsOf(
  { models: own }: Pick<ActivityDeps, 'models'>,
  { spec, models }: { readonly spec: { readonly models: Named }; readonly models: Named | null },
): Readonly<Record<Role, string>> {
  const of = (role: Role): string => models?.[role] ?? spec.models[role] ?? own[role];
  return {
    agent: of('agent'),
    judge: of('judge'),
    reflection: of('reflection'),
    embedding: of('embedding'),
  };
}

export { prefixOf, type CycleRef };

/** Names of the runs of a cycle, by phase. */
export const evaluateRun = (ref: CycleRef): string => `${prefixOf(ref)}/evaluate`;
export const optimizeRun = (ref: CycleRef): string => `${prefixOf(ref)}/optimize`;
export const gateRun = (ref: CycleRef): string => `${prefixOf(ref)}/gate`;
