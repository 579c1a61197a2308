import {
  type Client,
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
} from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { startWorkflow } from '../workflows.ts';
import { workflowIdOf } from './reference.ts';

type Start = { readonly client: Client; readonly cycle: Cycle };

/** Starts the workflow of a cycle whose row is there, unless it runs or has ended well: a start that was cut off is made whole. */
export async function beginCycle({ client, cycle }: Start): Promise<void> {
  try {
    await start({ client, cycle }, true);
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return;
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
