import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { WorkflowIdReusePolicy } from '@temporalio/client';
import type { Context } from 'hono';
import { Hono } from 'hono';
import type { Drive, DriveTurn, TurnRef } from '../../../contracts/drive.ts';
import { hashJson } from '../../../contracts/hash.ts';
import { driveWorkflowId, QUEUE, TASK_TIMEOUT } from '../../../contracts/temporal.ts';
import {
  addTurn,
  getTurn,
  listTurns,
  missTurn,
  reopenTurn,
  TurnOpenError,
} from '../../../db/drives/turns.ts';
import { getDrive } from '../../../db/drives/drives.ts';
import { getPrompt } from '../../../db/versions/prompts.ts';
import { turnInputs } from '../../../domain/drive/inputs.ts';
import { turnWaits } from '../../../workflows/messages.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import { recordThumbs, userOf } from '../../api/feedback.ts';
import type { AppDeps } from '../../app.ts';
import { refused } from '../../failures.ts';
import { readForm } from '../ui/form.ts';
import { LONGEST_COMMENT, LONGEST_MESSAGE, turnsPart } from './view.ts';
import { segment } from '../ui/parts.ts';

const CONNECT_WITHIN_MS = 3_000;
const START_WITHIN_MS = 10_000;

/** What a person does in a talk: send a message, ask again, give thumbs. The agent answers in a worker. */
export function driveTurns(deps: AppDeps): Hono<ConsoleEnv> {
  const { db, project } = deps;
  const routes = new Hono<ConsoleEnv>();
  const turnOf = (context: Context<ConsoleEnv>): TurnRef => ({
    project,
    drive: context.req.param('id') ?? '',
    turn: ordinalOf(context.req.param('turn') ?? ''),
  });

  routes.get('/:id/turns', async (context) => {
    const at = { project, drive: context.req.param('id') };
    const [drive, turns] = [await getDrive(db, at), await listTurns(db, at)];
    return context.html(await turnsPart(deps, { drive, turns, who: context.get('who') }));
  });

  routes.post('/:id/turns', async (context) => {
    const field = await readForm(context);
    const message = field('message');
    if (message === '' || message.length > LONGEST_MESSAGE)
      throw refused('message', `Write a message of 1 to ${LONGEST_MESSAGE} characters.`);
    const drive = await getDrive(db, { project, drive: context.req.param('id') });
    await handOver(deps, await newTurn(deps, drive, message));
    return back(context);
  });

  routes.post('/:id/turns/:turn/again', async (context) => {
    const at = turnOf(context);
    await reopenTurn(db, at);
    const turn = await getTurn(db, at);
    if (turn.status === 'pending') await handOver(deps, turn);
    return back(context);
  });

  routes.post('/:id/turns/:turn/thumbs', async (context) => {
    const field = await readForm(context);
    const [thumbs, comment] = [field('thumbs'), field('comment')];
    if (thumbs !== 'up' && thumbs !== 'down') throw refused('thumbs', 'Choose up or down.');
    if (comment.length > LONGEST_COMMENT)
      throw refused('comment', `A comment has at most ${LONGEST_COMMENT} characters.`);
    const turn = await getTurn(db, turnOf(context));
    if (turn.status !== 'ok') throw refused('turn', 'There is no answer to rate yet.', 409);
    await recordThumbs(db, {
      project,
      by: 'console',
      trace_id: turn.traceId,
      thumbs,
      ...(comment !== '' && { comment }),
      user: userOf(context.get('who')),
    });
    return back(context);
  });
  return routes;
}

const back = (context: Context<ConsoleEnv>): Response =>
  context.redirect(`/drive/${segment(context.req.param('id') ?? '')}#newest`, 303);

function ordinalOf(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw refused('turn', `\`${text}\` is no number of a message.`, 404);
}

/** The turn with the versions that its prompts have now. */
async function newTurn(
  { db, project }: AppDeps,
  { id: drive, prompts, asking }: Drive,
  message: string,
): Promise<DriveTurn> {
  const numbers = Object.entries(prompts).map(async ([name, which]) => {
    const { number } = await getPrompt(db, { project, reference: `${name}@${which}` });
    return [name, number] as const;
  });
  const versions = Object.fromEntries(await Promise.all(numbers));
  try {
    return await addTurn(db, { project, drive }, (turns) => ({
      message,
      versions,
      inputs: turnInputs({ asking, message, turns }),
      traceId: hashJson(['drive', project, drive, turns.length + 1]).slice(0, 32),
    }));
  } catch (error) {
    throw error instanceof TurnOpenError ? refused('message', `${error.message}.`, 409) : error;
  }
}

/** Has a worker answer; a repeat finds the workflow under way. Where nobody can be told, the turn says so and may be asked again. */
async function handOver({ db, temporal }: AppDeps, turn: DriveTurn): Promise<void> {
  const fault =
    temporal === null
      ? 'this server is not connected to Temporal'
      : await handTo(temporal, turn).then(
          () => null,
          (error: unknown) => {
            const why = error instanceof Error ? error.message : String(error);
            console.error(JSON.stringify({ level: 'warn', drive: turn.drive, error: why }));
            return 'Temporal cannot be reached';
          },
        );
  if (fault !== null) await missTurn(db, turn, { kind: 'not-sent', message: fault });
}

async function handTo(client: Client, turn: TurnRef): Promise<void> {
  const late = sleep(CONNECT_WITHIN_MS).then(() => {
    throw new Error('no connection in time');
  });
  await Promise.race([client.connection.ensureConnected(), late]);
  await client.connection.withDeadline(Date.now() + START_WITHIN_MS, () =>
    askForTurn(client, turn),
  );
}

/** Has a workflow see to a turn that waits: a new one, or the one that runs, which looks again should it be about to end. */
export async function askForTurn(client: Client, { project, drive, turn }: TurnRef): Promise<void> {
  await client.workflow.signalWithStart('driveWorkflow', {
    signal: turnWaits,
    workflowId: driveWorkflowId(project, drive, turn),
    workflowTaskTimeout: TASK_TIMEOUT,
    taskQueue: QUEUE.main,
    args: [{ project, drive, turn }],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    staticSummary: `test drive ${drive}: message ${turn}`,
  });
}
