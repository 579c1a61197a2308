import { type Client, WorkflowIdConflictPolicy, WorkflowIdReusePolicy } from '@temporalio/client';
import { QUEUE, searchWorkflowId, TASK_TIMEOUT } from '../../contracts/temporal.ts';
import { type Cycle, getCycle, listCycles } from '../../db/cycles.ts';
import { migrate } from '../../db/migrate.ts';
import type { Cli } from '../cli.ts';
import { estimateText } from '../cycle/estimate.ts';
import { readInputs } from '../cycle/inputs.ts';
import { uiLink } from '../cycle/links.ts';
import { parseReference } from '../cycle/reference.ts';
import { registerCycle } from '../cycle/register.ts';
import { NotFoundError } from '../errors.ts';
import type { SpecFile } from '../spec/read.ts';
import { dim } from '../terminal/style.ts';

export const searchIdOf = ({ project, cycle, number }: Cycle): string =>
  searchWorkflowId(project, cycle, number);

/** Registers a search and starts its workflow. Nothing is left behind when it refuses. */
export async function startSearch(cli: Cli, file: SpecFile): Promise<Cycle> {
  const inputs = readInputs(file, { labelled: false });
  const [client, db] = await Promise.all([cli.connections.temporal(), cli.connections.database()]);
  const project = file.spec.project ?? cli.connections.project;
  await migrate(db);
  const { cycle, remarks } = await registerCycle({
    db,
    project,
    file,
    inputs,
    salt: cli.env.ATTUNE_SPLIT_SALT,
    who: cli.env.user,
    kind: 'optimize',
  });
  remarks.forEach((remark) => cli.note(dim(`  note: ${remark}`)));
  const estimate = await estimateText(cli, { db, cycle });
  if (estimate !== null) cli.note(estimate);
  await ensureSearching(client, cycle);
  const link = uiLink(cli.env, searchIdOf(cycle));
  cli.note(`Started ${searchIdOf(cycle)}`);
  if (link !== null) cli.note(`  Temporal UI  ${link}`);
  return cycle;
}

/** Starts the workflow of a search unless it runs; one that failed or was cut off goes on from what is stored. */
export async function ensureSearching(client: Client, search: Cycle): Promise<void> {
  const { project, cycle, number, spec } = search;
  const agent = typeof spec.agent === 'string' ? spec.agent : spec.agent.name;
  await client.workflow.start('searchWorkflow', {
    workflowId: searchIdOf(search),
    workflowTaskTimeout: TASK_TIMEOUT,
    taskQueue: QUEUE.main,
    args: [{ project, cycle, number }],
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    staticSummary: `search ${cycle} ${number}: ${agent} on ${search.datasetVersion}`,
    staticDetails: `Judge ${search.baseJudge}; prompts ${Object.keys(search.incumbent).join(', ')}.`,
  });
}

/** The search a person means: `<name>/<n>`, or `<name>` for its latest. @throws NotFoundError | InvalidInputError */
export async function findSearch(cli: Cli, reference: string): Promise<Cycle> {
  const db = await cli.connections.database();
  const bare = reference.replace(/^optimize\//, 'cycle/');
  const { project, cycle, number } = parseReference(bare, cli.connections.project);
  const found =
    number === null
      ? (await listCycles(db, { project, cycle, kind: 'optimize' }))[0]
      : await getCycle(db, { project, cycle, number });
  if (found?.kind !== 'optimize')
    throw new NotFoundError(
      `the search \`${reference}\``,
      '`npx attune optimize --list` shows them; what a cycle found stands in its report.',
    );
  return found;
}
