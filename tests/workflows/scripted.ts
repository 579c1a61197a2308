import { after, before } from 'node:test';
import { ApplicationFailure } from '@temporalio/common';
import type { CyclePlan, OpenedSession } from '../../activities/index.ts';
import type { CycleResult, Decided } from '../../contracts/progress.ts';
import type { LabelCounts } from '../../contracts/session.ts';
import { cycleWorkflowId, QUEUE } from '../../contracts/temporal.ts';
import { startSkipping } from './skipping.ts';

export const HOUR = 3_600_000;

/** What one cycle does, and what the database would say to it: more activities than these are a fault. */
export type Script = {
  readonly plan: Partial<CyclePlan>;
  /** By round; missing: no item is left. */
  readonly counts: Readonly<Record<number, Partial<LabelCounts>>>;
  readonly alpha: number | null;
  /** To be evaluated by an agent that never answers. */
  readonly rows?: number;
  /** Why the plan of the evaluation fails, where it does. */
  readonly fault?: string;
  /** On record from before the cycle was resumed. */
  readonly decision?: Decided;
  /** Its session was closed before the cycle was resumed. */
  readonly closed?: OpenedSession['ended'];
  /** What happens while the database is asked: by activity, `enterPhase` with its phase. */
  readonly during?: (step: string) => Promise<unknown>;
  readonly log: string[];
  /** Of the phases, as they are kept. */
  readonly notes?: string[];
};
export const scripts: Record<string, Script> = {};

const COUNTS: LabelCounts = {
  labels: 0,
  skipped: 0,
  target: 10,
  items: 5,
  consensus: 0,
  contested: 0,
  minimum: 4,
  values: 0,
};
const PLAN: CyclePlan = {
  policyHash: 'h',
  label: { deadlineMs: HOUR, reminders: [] },
  labelsShort: 'stop',
  labelsDisagree: null,
  labelRounds: 2,
  stopUnaligned: false,
  approvalMs: null,
  walls: {},
  searchAttributes: false,
};

const countsOf = (cycle: string, round: number): LabelCounts => ({
  ...COUNTS,
  ...scripts[cycle]!.counts[round],
});
type Ref = { readonly cycle: string };
const during = (ref: Ref, step: string) => scripts[ref.cycle]!.during?.(step);

const database = {
  enterPhase: async ({ ref, phase, note }: { ref: Ref; phase: string; note: string }) => {
    scripts[ref.cycle]!.notes?.push(note);
    await during(ref, `enterPhase ${phase}`);
    scripts[ref.cycle]!.log.push(phase);
    return { spend: 0 };
  },
  preflight: async ({ cycle }: Ref) => ({ ...PLAN, ...scripts[cycle]!.plan }),
  planEvaluate: async ({ cycle }: Ref) => {
    const { fault, rows = 0 } = scripts[cycle]!;
    if (fault !== undefined) throw ApplicationFailure.nonRetryable(fault, 'Fault');
    return { run: 'r', total: rows };
  },
  failCycle: async ({ ref, why }: { ref: Ref; why: string }) => {
    scripts[ref.cycle]!.log.push(`failed: ${why}`);
    await during(ref, 'failCycle');
  },
  planBaseline: async (ref: Ref) => {
    await during(ref, 'planBaseline');
    scripts[ref.cycle]!.log.push('planBaseline');
    return { run: 'r', total: 1 };
  },
  prepareAlign: async (ref: Ref) => {
    await during(ref, 'prepareAlign');
    scripts[ref.cycle]!.log.push('prepareAlign');
    return { engines: ['e'], aligner: 'memalign' };
  },
  stepAlign: async () => ({ done: false, asks: ['a'] }),
  concludeOptimize: async ({ ref }: { ref: Ref }) => {
    await during(ref, 'concludeOptimize');
    return { begun: false };
  },
  endSearch: async ({ ref, outcome, why }: { ref: Ref; outcome: string | null; why: string }) => {
    await during(ref, 'endSearch');
    scripts[ref.cycle]!.log.push(`${outcome}: ${why}`);
  },
  openWatch: async () => ({ everyMs: HOUR }),
  planWatch: async (of: { ref: Ref }) => {
    scripts[of.ref.cycle]!.log.push('planWatch');
    return { run: 'r', total: 1 };
  },
  stopWatch: (ref: Ref) => during(ref, 'stopWatch'),
  failWatch: async ({ ref, why }: { ref: Ref; why: string }) =>
    void scripts[ref.cycle]!.log.push(`failed: ${why}`),
  checkGates: async () => ({ note: '', stop: false }),
  tagTraces: async () => ({}),
  openSession: async ({ ref, round }: { ref: Ref; round: number }) => {
    const there = round in scripts[ref.cycle]!.counts;
    const counts = countsOf(ref.cycle, round);
    const { closed } = scripts[ref.cycle]!;
    const opened = { id: `${ref.cycle}/${round}`, items: there ? 5 : 0, counts };
    return { ...opened, ...(closed !== undefined && { ended: closed }) };
  },
  countLabels: async ({ session }: { session: string }) => {
    const [cycle = '', round] = session.split('/');
    return countsOf(cycle, Number(round));
  },
  endTurn: async ({ drive, why }: { drive: string; why: string }) => {
    scripts[drive]!.log.push(why);
    await during({ cycle: drive }, 'endTurn');
  },
  closeSession: async ({ ref, ended }: { ref: Ref; ended: string }) =>
    void scripts[ref.cycle]!.log.push(`closed by ${ended}`),
  labelAgreement: async ({ cycle }: Ref) => ({ alpha: scripts[cycle]!.alpha }),
  writeReport: async ({ ref, why }: { ref: Ref; why: string }) => {
    scripts[ref.cycle]!.log.push(why);
    return { summary: '', evidenceHash: 'e', score: null };
  },
  freezeGate: async () => ({ total: 0 }),
  decideGate: async () => ({ verdict: 'promote', why: 'better' }),
  findDecision: async ({ cycle }: Ref) => scripts[cycle]!.decision ?? null,
  recordDecision: async ({ ref, decision }: { ref: Ref; decision: Decided }) => {
    const { who, approved, why } = decision;
    await during(ref, 'recordDecision');
    scripts[ref.cycle]!.log.push(`${who} ${approved ? 'approved' : 'rejected'}: ${why}`);
    return decision;
  },
  promoteAlias: async ({ ref, approvedBy }: { ref: Ref; approvedBy: string | null }) => {
    scripts[ref.cycle]!.log.push(`moved by ${approvedBy}`);
    await during(ref, 'promoteAlias');
    return { superseded: false };
  },
};

const never = () => Promise.reject(new Error('this agent never answers'));

let skipping: Awaited<ReturnType<typeof startSkipping>>;

/** A server on which days pass in no time for the tests of a file, with a worker that goes by the scripts. */
export function withScripts(): void {
  before(async () => {
    skipping = await startSkipping({
      main: database,
      model: { checkModels: async () => undefined, answerAlign: never },
      agent: {
        canary: async () => undefined,
        runRollouts: never,
        driveTurn: async ({ drive }: { drive: string }) => {
          await during({ cycle: drive }, 'driveTurn');
          return never();
        },
      },
    });
  });
  after(() => skipping.stop());
}

export const clientOf = () => skipping.environment.client;

export async function start(cycle: string, script: Omit<Script, 'log'>) {
  const log: string[] = [];
  scripts[cycle] = { ...script, log };
  const workflowId = cycleWorkflowId('p', cycle, 1);
  const handle = await clientOf().workflow.start('cycleWorkflow', {
    taskQueue: QUEUE.main,
    workflowId,
    args: [{ project: 'p', cycle, number: 1 }],
  });
  return { handle, workflowId, log };
}

export async function run(cycle: string, script: Omit<Script, 'log'>) {
  const { handle, log } = await start(cycle, script);
  const result = (await handle.result()) as CycleResult;
  const rounds = log.filter((line) => line === 'label').length;
  return { outcome: result.outcome, rounds, log };
}
