import type { Client } from '@temporalio/client';
import { alignmentWorkflowId } from '../../contracts/temporal.ts';
import type { Cycle } from '../../db/cycles/cycles.ts';
import { migrate } from '../../db/migrate.ts';
import type { Cli } from '../cli.ts';
import { findOther } from '../cycle/find.ts';
import { uiLink } from '../cycle/links.ts';
import { startWorkflow } from '../../operations/workflows.ts';
import { type AlignFlags, registerAlignment } from './register.ts';

export const alignmentIdOf = ({ project, cycle, number }: Cycle): string =>
  alignmentWorkflowId(project, cycle, number);

/** Freezes the labels, registers the alignment and starts its workflow. Nothing is left behind when it refuses. */
export async function startAlignment(cli: Cli, judge: string, flags: AlignFlags): Promise<Cycle> {
  const [client, db] = await Promise.all([cli.connections.temporal(), cli.connections.database()]);
  await migrate(db);
  const { project } = cli.connections;
  const alignment = await db
    .transaction()
    .execute((tx) => registerAlignment(tx, { project, judge, flags }));
  await ensureAligning(client, alignment);
  const id = alignmentIdOf(alignment);
  const link = uiLink(cli.env, id);
  cli.note(`Started ${id}`);
  if (link !== null) cli.note(`  Temporal UI  ${link}`);
  return alignment;
}

/** Starts the workflow of an alignment unless it runs; one that failed or was cut off goes on from what is stored. */
export async function ensureAligning(client: Client, alignment: Cycle): Promise<void> {
  const { project, cycle, number, baseJudge, datasetVersion, spec } = alignment;
  await startWorkflow(client, {
    type: 'alignmentWorkflow',
    id: alignmentIdOf(alignment),
    args: [{ project, cycle, number }],
    failed: alignment.state === 'failed',
    summary: `align ${baseJudge} (${spec.align.aligner}) on labels of ${datasetVersion}`,
  });
}

/** The alignment a person means: `<judge>/<n>`, or `<judge>` for its latest. @throws NotFoundError | InvalidInputError */
export const findAlignment = (cli: Cli, reference: string): Promise<Cycle> =>
  findOther(cli, reference, {
    kind: 'align',
    noun: 'alignment',
    list: '`npx attune judge align --list` shows them.',
  });
