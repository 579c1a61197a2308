import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import type { Json } from '../../contracts/json.ts';
import { cycleSpec, type CycleSpec } from '../../contracts/spec.ts';
import { alignmentWorkflowId, QUEUE } from '../../contracts/temporal.ts';
import { setBudget } from '../../db/budgets.ts';
import type { Db } from '../../db/connect.ts';
import { createCycle, type Cycle, getCycle, listCycles, updateCycle } from '../../db/cycles.ts';
import { saveReply } from '../../db/engine.ts';
import { createJudgeVersion, getJudge } from '../../db/judges.ts';
import { migrate } from '../../db/migrate.ts';
import type { Cli } from '../cli.ts';
import { uiLink } from '../cycle/links.ts';
import { parseReference } from '../cycle/reference.ts';
import { NotFoundError } from '../errors.ts';
import { labelledItems } from './labels.ts';

/** The options of `attune judge align`, as commander gives them. */
export type AlignFlags = {
  readonly labels?: string;
  readonly dataset?: string;
  readonly aligner?: string;
  readonly guidelines?: number;
  readonly shown?: number;
  readonly budget?: number;
  readonly seed?: number;
  readonly usd?: number;
};

export const alignmentIdOf = ({ project, cycle, number }: Cycle): string =>
  alignmentWorkflowId(project, cycle, number);

/** Freezes the labels, registers the alignment and starts its workflow. Nothing is left behind when it refuses. */
export async function startAlignment(cli: Cli, judge: string, flags: AlignFlags): Promise<Cycle> {
  const client = await cli.connections.temporal();
  const db = await cli.connections.database();
  await migrate(db);
  const { project } = cli.connections;
  const alignment = await db.transaction().execute((tx) => register(tx, { project, judge, flags }));
  await ensureAligning(client, alignment);
  const id = alignmentIdOf(alignment);
  const link = uiLink(cli.env, id);
  cli.note(`Started ${id}`);
  if (link !== null) cli.note(`  Temporal UI  ${link}`);
  return alignment;
}

type Registering = {
  readonly project: string;
  readonly judge: string;
  readonly flags: AlignFlags;
};

async function register(tx: Db, { project, judge, flags }: Registering): Promise<Cycle> {
  const { definition } = await getJudge(tx, { project, id: judge });
  const { labels: file, dataset } = flags;
  const labelled = await labelledItems(tx, {
    project,
    definition,
    ...(file !== undefined && { file }),
    ...(dataset !== undefined && { dataset }),
  });
  // What is learned is measured against the bare question, whatever version was named.
  const { version: base } = await createJudgeVersion(tx, { project, definition, memory: null });
  const spec = specOf(definition.name, labelled.dataset, flags);
  const alignment = await createCycle(tx, {
    project,
    kind: 'align',
    cycle: definition.name,
    spec,
    datasetVersion: labelled.dataset,
    baseJudge: base.id,
    incumbent: {},
  });
  const { items, leftOut } = labelled;
  await saveReply(tx, {
    project,
    run: `${alignment.key}/align`,
    ask: 'labels',
    reply: { ok: { items, leftOut } as unknown as Json },
  });
  const { usd = null, tokens = null } = spec.budget;
  await setBudget(tx, alignment, { usd, tokens });
  return updateCycle(tx, alignment, { agentFingerprint: RECORDED });
}

/** No agent runs: outputs are recorded. */
const RECORDED = 'recorded';

/** An alignment as the spec of a cycle that has no agent: every default is a cycle's own. */
function specOf(judge: string, dataset: string, flags: AlignFlags): CycleSpec {
  const { aligner, guidelines, shown, budget, seed, usd } = flags;
  const align = Object.entries({ aligner, guidelines, shown, budget, seed });
  return cycleSpec.parse({
    cycle: judge,
    dataset: dataset.split('@')[0],
    agent: RECORDED,
    prompts: {},
    judge,
    align: Object.fromEntries(align.filter(([, value]) => value !== undefined)),
    ...(usd !== undefined && { budget: { usd } }),
  });
}

/** Starts the workflow of an alignment unless it runs; one that failed or was cut off goes on from what is stored. */
export async function ensureAligning(client: Client, alignment: Cycle): Promise<void> {
  const { project, cycle, number, baseJudge, datasetVersion, spec } = alignment;
  await client.workflow.start('alignmentWorkflow', {
    workflowId: alignmentIdOf(alignment),
    taskQueue: QUEUE.main,
    args: [{ project, cycle, number }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    staticSummary: `align ${baseJudge} (${spec.align.aligner}) on labels of ${datasetVersion}`,
  });
}

/** The alignment a person means: `<judge>/<n>`, or `<judge>` for its latest. @throws NotFoundError | InvalidInputError */
export async function findAlignment(cli: Cli, reference: string): Promise<Cycle> {
  const db = await cli.connections.database();
  const bare = reference.replace(/^align\//, 'cycle/');
  const { project, cycle, number } = parseReference(bare, cli.connections.project);
  const found =
    number === null
      ? (await listCycles(db, { project, cycle, kind: 'align' }))[0]
      : await getCycle(db, { project, cycle, number });
  if (found?.kind !== 'align')
    throw new NotFoundError(
      `the alignment \`${reference}\``,
      '`npx attune judge align --list` shows them.',
    );
  return found;
}
