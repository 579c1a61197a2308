import { type Client, ServiceError } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { type Cycle, getCycle } from '../../db/cycles/cycles.ts';
import { migrate } from '../../db/migrate.ts';
import type { Cli } from '../cli.ts';
import type { SpecFile } from '../spec/read.ts';
import { dim } from '../terminal/style.ts';
import { startWorkflow } from '../workflows.ts';
import { estimateText } from './estimate.ts';
import { readInputs } from './inputs.ts';
import { powerLines } from './power.ts';
import { uiLink } from './links.ts';
import { type CycleName, workflowIdOf } from './reference.ts';
import { registerCycle } from './register.ts';

/** Imports what the spec brings, prints the estimate where a real model is used, and starts the workflow. Nothing is left behind when it refuses. */
export async function startCycle(cli: Cli, file: SpecFile): Promise<CycleName> {
  const inputs = readInputs(file);
  const client = await cli.connections.temporal();
  const db = await cli.connections.database();
  const project = file.spec.project ?? cli.connections.project;
  await migrate(db);
  const { cycle, remarks } = await registerCycle({
    db,
    project,
    file,
    inputs,
    salt: cli.env.ATTUNE_SPLIT_SALT,
    who: cli.env.user,
  });
  const name = { project, cycle: cycle.cycle, number: cycle.number };
  remarks.forEach((remark) => cli.note(dim(`  note: ${remark}`)));
  (await powerLines(db, cycle)).forEach((text) => cli.note(text));
  const estimate = await estimateText(cli, { db, cycle });
  if (estimate !== null) cli.note(estimate);
  await begin({ client, cycle });
  const link = uiLink(cli.env, workflowIdOf(name));
  cli.note(`Started ${workflowIdOf(name)}`);
  if (link !== null) cli.note(`  Temporal UI  ${link}`);
  return name;
}

/** Starts the workflow of a cycle whose row is there, unless it runs already: a start that was cut off between both is made whole. */
export async function ensureRunning(cli: Cli, name: CycleName): Promise<void> {
  const cycle = await getCycle(await cli.connections.database(), name);
  await begin({ client: await cli.connections.temporal(), cycle });
}

type Start = { readonly client: Client; readonly cycle: Cycle };

async function begin({ client, cycle }: Start): Promise<void> {
  try {
    await start({ client, cycle }, true);
  } catch (error) {
    // Search attributes are registered by workers; without permission, or before the first worker is up, they are left out.
    if (!(error instanceof ServiceError) || !/search attribute/i.test(causeOf(error))) throw error;
    await start({ client, cycle }, false);
  }
}

async function start({ client, cycle }: Start, attributes: boolean): Promise<void> {
  const name = { project: cycle.project, cycle: cycle.cycle, number: cycle.number };
  const { spec } = cycle;
  const agent = typeof spec.agent === 'string' ? spec.agent : spec.agent.name;
  await startWorkflow(client, {
    type: 'cycleWorkflow',
    id: workflowIdOf(name),
    args: [name],
    again: 'failed',
    failed: cycle.state === 'failed',
    summary: `${cycle.cycle} ${cycle.number}: ${agent} on ${cycle.datasetVersion}`,
    details: `Judge ${cycle.baseJudge}; prompts ${promptsOf(cycle)}.`,
    ...(attributes && {
      attributes: [
        { key: keyword('AttuneCycle'), value: cycle.key },
        { key: keyword('AttunePhase'), value: 'preflight' },
        { key: keyword('AttuneAgent'), value: agent },
        { key: keyword('AttunePrompt'), value: Object.keys(spec.prompts)[0] ?? '' },
      ],
    }),
  });
}

const keyword = (name: string) => defineSearchAttributeKey(name, SearchAttributeType.KEYWORD);

const promptsOf = ({ incumbent }: Cycle): string =>
  Object.entries(incumbent)
    .map(([name, number]) => `${name}@${number}`)
    .join(', ');

const causeOf = (error: Error): string =>
  `${error.message} ${error.cause instanceof Error ? error.cause.message : ''}`;
