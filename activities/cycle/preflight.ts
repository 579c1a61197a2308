import { ApplicationFailure } from '@temporalio/common';
import type { AgentRecord } from '../../contracts/agent.ts';
import type { Example } from '../../contracts/example.ts';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import { TUNE_PARTS } from '../../contracts/part.ts';
import { isJudge } from '../../contracts/scorer.ts';
import { milliseconds } from '../../contracts/duration.ts';
import {
  type Budget,
  type CycleSpec,
  type LabelPolicy,
  primaryMetric,
} from '../../contracts/spec.ts';
import { listAgents } from '../../db/versions/agents.ts';
import { movedBy, standsAt } from '../../db/versions/aliases.ts';
import { type BudgetScope, setBudget } from '../../db/engines/budgets.ts';
import type { Db } from '../../db/connect.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import * as datasets from '../../db/data/datasets.ts';
import { getProject } from '../../db/projects.ts';
import { getScorer } from '../../db/versions/scorers.ts';
import { judgeFaults } from '../../domain/evaluate/check-judge.ts';
import { fieldsLacking } from '../../domain/evaluate/judge-fields.ts';
import { whyTuneOnly } from '../../domain/promote/tune-only.ts';
import { mustPool } from '../promote/pool.ts';
import { policyHash } from '../../domain/promote/policy-hash.ts';
import { inlineAgent } from '../../agents/load.ts';
import { ModelError, RateLimitedError } from '../../llm/errors.ts';
import { mustBeAsBegun } from './unchanged.ts';
import { type ActivityDeps, type CycleRef, modelsOf, prefixOf } from '../deps.ts';
import { UnfitSpecError } from '../unfit.ts';

/** What the workflow needs to know of the spec: numbers and switches, no texts. */
export type CyclePlan = {
  readonly policyHash: string;
  readonly label: { readonly deadlineMs: number; readonly reminders: readonly number[] };
  /** How people check the outputs of the gate; absent: they are not asked. */
  readonly check?: { readonly deadlineMs: number; readonly reminders: readonly number[] };
  readonly labelsShort: LabelPolicy['short'];
  /** Below this alpha raters disagree; null: not asked. */
  readonly labelsDisagree: LabelPolicy['disagree'] | null;
  readonly labelRounds: number;
  readonly stopUnaligned: boolean;
  /** Null: no approval is needed. */
  readonly approvalMs: number | null;
  /** Wall-clock budgets in milliseconds, of the cycle (`all`) and of its phases. */
  readonly walls: Readonly<Partial<Record<BudgetScope, number>>>;
  /** The finalist is that of an inconclusive cycle: the gate comes at once. */
  readonly pooled?: boolean;
  /** Why there is no gate: the cycle searches, and ends `unmeasurable`. */
  readonly tuneOnly?: string;
  /** After a promotion its watch begins. */
  readonly watch?: boolean;
  readonly searchAttributes: boolean;
};

/** Parts that a search alone works on; a cycle works on all of TUNE before its gate. */
const TUNED = ['train', 'validation'] as const;

/** Row ids that one fault names at most. */
const NAMED = 10;

/** Checks everything that can be checked before anything is paid. @throws UnfitSpecError with every fault */
export async function preflight(deps: ActivityDeps, ref: CycleRef): Promise<CyclePlan> {
  const { db } = deps;
  const cycle = await cycles.getCycle(db, ref);
  const { spec } = cycle;
  const agent = await agentRecord(db, ref, spec);
  const faults = [
    ...(typeof agent === 'string' ? [agent] : promptFaults(spec, agent)),
    ...(await aliasFaults(db, ref, cycle)),
    ...(cycle.pools === null ? await dataFaults(db, ref, cycle) : []),
  ];
  if (faults.length > 0 || typeof agent === 'string') throw new UnfitSpecError(faults);
  const models = modelsOf(deps, { spec, models: null });
  await mustBeAsBegun(db, cycle, { agent, models });
  const hash = policyHash({
    policy: spec.gate,
    primary: primaryMetric(spec, cycle.baseJudge),
    ...(cycle.scorers.length > 0 && { scorers: cycle.scorers }),
    splitSalt: (await getProject(db, ref.project)).splitSalt,
    agent: agent.fingerprint,
    models,
    adoption: spec.approval.needed ? 'promote and approval' : 'promote',
  });
  if (cycle.pools !== null) await mustPool(db, cycle, hash);
  const tuneOnly = await tuneOnlyReason(db, cycle);
  await setBudget(db, ref, spec.budget);
  await cycles.updateCycle(db, ref, {
    policyHash: hash,
    agentFingerprint: agent.fingerprint,
    models,
  });
  return {
    policyHash: hash,
    label: waitOf(spec.label),
    ...(spec.gate.peopleCheck && { check: waitOf(spec.gate.peopleCheck) }),
    labelsShort: spec.label.short,
    labelsDisagree: spec.label.disagree ?? null,
    labelRounds: spec.label.rounds,
    stopUnaligned: spec.align.notAdopted === 'stop',
    approvalMs: spec.approval.needed ? milliseconds(spec.approval.deadline) : null,
    walls: wallsOf(spec.budget),
    ...(tuneOnly !== null && { tuneOnly }),
    ...(cycle.pools !== null && { pooled: true }),
    ...(spec.watch !== undefined && { watch: true }),
    searchAttributes: deps.searchAttributes,
  };
}

function wallsOf({ phases, ...all }: Budget): CyclePlan['walls'] {
  const walls = Object.entries({ all, ...phases }).flatMap(([scope, { wall }]) =>
    wall === undefined ? [] : [[scope, milliseconds(wall)]],
  );
  return Object.fromEntries(walls);
}

async function tuneOnlyReason(db: Db, cycle: cycles.Cycle): Promise<string | null> {
  if (cycle.kind !== 'cycle') return null;
  const at = { project: cycle.project, version: cycle.datasetVersion };
  const { sealed } = await datasets.countParts(db, at);
  return whyTuneOnly({
    asked: cycle.spec.tuneOnly,
    open: sealed?.open ?? 0,
    retired: sealed?.retired ?? 0,
  });
}

const waitOf = (policy: { readonly deadline: string; readonly reminders: readonly string[] }) => ({
  deadlineMs: milliseconds(policy.deadline),
  reminders: policy.reminders.map(milliseconds),
});

async function agentRecord(
  db: Db,
  ref: CycleRef,
  { agent }: CycleSpec,
): Promise<AgentRecord | string> {
  if (typeof agent !== 'string') return inlineAgent(agent).record;
  const known = await listAgents(db, ref.project);
  const found = known.find((record) => record.name === agent);
  const names = known.map((record) => record.name).join(', ') || 'none';
  return (
    found ??
    `agent \`${agent}\` is not known to any worker (known: ${names}); declare it in attune.config.ts and start the agent worker again`
  );
}

function promptFaults(spec: CycleSpec, agent: AgentRecord): string[] {
  if (agent.kind === 'recorded')
    return [`agent \`${agent.name}\` replays recorded outputs; there is no prompt to optimize`];
  return Object.keys(spec.prompts)
    .filter((name) => !agent.prompts.includes(name))
    .map(
      (name) =>
        `prompts.${name}: agent \`${agent.name}\` does not ask for it (it asks for ${agent.prompts.join(', ')})`,
    );
}

async function aliasFaults(db: Db, ref: CycleRef, cycle: cycles.Cycle): Promise<string[]> {
  const { alias } = cycle.spec;
  // Resumed after its promotion: where the alias stands is its own doing, or came after it.
  if (await movedBy(db, { ...ref, alias, finalist: cycle.finalist })) return [];
  const found = await Promise.all(
    Object.entries(cycle.incumbent).map(async ([prompt, number]) => {
      const at = await standsAt(db, { project: ref.project, prompt, alias });
      if (at === number) return [];
      const now = at === null ? 'does not exist' : `stands at version ${at}`;
      return [
        `alias ${prompt}@${alias} ${now}, and this cycle was started for version ${number}; start it again`,
      ];
    }),
  );
  return found.flat();
}

async function dataFaults(db: Db, ref: CycleRef, cycle: cycles.Cycle): Promise<string[]> {
  const { project } = ref;
  const version = cycle.datasetVersion;
  const scorers = [cycle.baseJudge, ...cycle.scorers];
  const all = await Promise.all(scorers.map((id) => getScorer(db, { project, id })));
  const judges = all.filter(isJudge).map(({ definition }) => definition);
  const counts = await datasets.countParts(db, { project, version });
  const labelled = cycle.kind === 'cycle';
  const parts = labelled ? TUNE_PARTS : TUNED;
  const empty = parts.filter((part) => (counts[part]?.rows ?? 0) === 0);
  const rows = await datasets.listExamples(db, { project, version, parts });
  const labels = (counts['align-labels']?.rows ?? 0) + (counts['judge-test']?.rows ?? 0);
  const { minimum } = cycle.spec.label;
  return [
    ...judges.flatMap((definition) => judgeFaultsOn(definition, rows)),
    ...(empty.length > 0
      ? [`dataset ${version}: the parts ${empty.join(', ')} are empty; import more conversations`]
      : []),
    ...(labelled && labels < minimum
      ? [
          `label.minimum: ${minimum} consensus items are needed, but the label parts have ${labels} rows`,
        ]
      : []),
  ];
}

/** What is wrong with a judge itself, and which rows lack what it asks for. */
function judgeFaultsOn(definition: JudgeDefinition, rows: readonly Example[]): readonly string[] {
  const lacking = rows.flatMap((row) => {
    const missing = fieldsLacking(definition, row);
    return missing.length > 0 ? [{ id: row.id, missing }] : [];
  });
  return [
    ...judgeFaults(definition).map((fault) => `judge ${definition.name}: ${fault}`),
    ...(lacking.length > 0 ? [lackingText(definition.name, lacking)] : []),
  ];
}

function lackingText(
  judge: string,
  lacking: readonly { readonly id: string; readonly missing: readonly string[] }[],
): string {
  const fields = [...new Set(lacking.flatMap((row) => row.missing))].join(', ');
  const ids = lacking
    .slice(0, NAMED)
    .map((row) => row.id)
    .join(', ');
  const more = lacking.length > NAMED ? ` and ${lacking.length - NAMED} more` : '';
  const drafts = fields.includes('expectations')
    ? ' (`attune dataset draft` drafts expectations from labels, for a person to approve)'
    : '';
  return `judge ${judge} needs ${fields}, which ${lacking.length} examples lack: ${ids}${more}; add them${drafts}, or take the variable out of its instructions`;
}

/**
 * One small call to each model of the cycle: a wrong key, name or address is found before the work begins. A model that does not
 * answer in the client's own attempts ends the cycle here; later, when work would be lost, it is waited for.
 */
export async function checkModels(deps: ActivityDeps, ref: CycleRef): Promise<void> {
  const cycle = await cycles.getCycle(deps.db, ref);
  const { project, baseJudge, scorers } = cycle;
  const { agent, judge, reflection } = modelsOf(deps, cycle);
  const found = await Promise.all(
    [baseJudge, ...scorers].map((id) => getScorer(deps.db, { project, id })),
  );
  const own = found.flatMap(({ definition }) =>
    'model' in definition && definition.model !== undefined ? [definition.model] : [],
  );
  for (const model of new Set([agent, judge, reflection, ...own])) await askOnce(deps, ref, model);
}

async function askOnce(deps: ActivityDeps, ref: CycleRef, model: string): Promise<void> {
  const messages = [{ role: 'user', content: 'Reply with the word ready.' }] as const;
  const cycle = prefixOf(ref);
  const draw = `preflight|${cycle}|${model}`;
  const context = { purpose: 'agent', draw, project: ref.project, cycle } as const;
  try {
    await deps.model.complete({ model, messages, maxTokens: 16 }, context);
  } catch (error) {
    if (!(error instanceof ModelError) || !error.retryable) throw error;
    // A provider that asks to wait is there.
    if (error instanceof RateLimitedError) throw error;
    const message = `${error.message}; nothing was run yet, start again when the model answers`;
    const failing = { kind: error.kind, retryable: false };
    throw ApplicationFailure.nonRetryable(message, error.name, failing);
  }
}
