import type { AgentHost } from '../agents/host.ts';
import type { LoadedAgent } from '../agents/load.ts';
import type { Model, Role } from '../contracts/model.ts';
import type { Db } from '../db/connect.ts';

/** What activities work with; opened once by the worker's composition root. */
export type ActivityDeps = {
  readonly db: Db;
  readonly model: Model;
  readonly models: Readonly<Record<Role, string>>;
  /** The practice model is in use; reports say so. */
  readonly practice: boolean;
  /** Search attributes are registered, so workflows may set them. */
  readonly searchAttributes: boolean;
  readonly now: () => number;
};

export type AgentDeps = ActivityDeps & {
  readonly agents: Readonly<Record<string, LoadedAgent>>;
  readonly host: AgentHost;
};

export type CycleRef = {
  readonly project: string;
  readonly cycle: string;
  readonly number: number;
};

/** Rollouts of a run by ordinal, `to` excluded. */
export type Work = {
  readonly project: string;
  readonly run: string;
  readonly from: number;
  readonly to: number;
};

/** `<cycle>/<n>`: the business name under which a cycle pays and its runs are named. */
export const prefixOf = (ref: CycleRef): string => `${ref.cycle}/${ref.number}`;
