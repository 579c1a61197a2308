import type { Client } from '@temporalio/client';
import { searchWorkflowId } from '../../contracts/temporal.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { migrate } from '../../db/migrate.ts';
import type { Cli } from '../cli.ts';
import { estimateText } from '../cycle/estimate.ts';
import { findOther } from '../cycle/find.ts';
import { readInputs } from '../cycle/inputs.ts';
import { uiLink } from '../cycle/links.ts';
import { registerCycle } from '../../operations/cycle/register.ts';
import type { SpecFile } from '../spec/read.ts';
import { dim } from '../terminal/style.ts';
import { startWorkflow } from '../../operations/workflows.ts';

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
  await startWorkflow(client, {
    type: 'searchWorkflow',
    id: searchIdOf(search),
    args: [{ project, cycle, number }],
    failed: search.state === 'failed',
    summary: `search ${cycle} ${number}: ${agent} on ${search.datasetVersion}`,
    details: `Judge ${search.baseJudge}; prompts ${Object.keys(search.incumbent).join(', ')}.`,
  });
}

/** The search a person means: `<name>/<n>`, or `<name>` for its latest. @throws NotFoundError | InvalidInputError */
export const findSearch = (cli: Cli, reference: string): Promise<Cycle> =>
  findOther(cli, reference, {
    kind: 'optimize',
    noun: 'search',
    list: '`npx attune optimize --list` shows them; what a cycle found stands in its report.',
  });
