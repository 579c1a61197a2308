import type { AgentCall, AgentResult } from '../agents/result.ts';
import { type DriveTurn, drivePayer, type TurnRef } from '../contracts/drive.ts';
import type { ReceivedSpan, SpanOrigin, Trace } from '../contracts/trace.ts';
import { answerTurn, getTurn, missTurn } from '../db/drives/turns.ts';
import { getDrive } from '../db/drives/drives.ts';
import type { Db } from '../db/connect.ts';
import { getPrompt } from '../db/versions/prompts.ts';
import { importSpans, tagTraces } from '../db/traces/traces.ts';
import { agentOf } from './agent.ts';
import type { ActivityDeps, AgentDeps } from './deps.ts';
import { wholeTrace } from './evaluate/whole-trace.ts';

/** Asks the agent once: a turn that has its answer keeps it, and a retry reads its model replies from the ledger. */
export async function driveTurn(deps: AgentDeps, at: TurnRef, signal: AbortSignal): Promise<void> {
  const { db, host, now } = deps;
  const turn = await getTurn(db, at);
  if (turn.status !== 'pending') return;
  const drive = await getDrive(db, at);
  const agent = agentOf(deps, { spec: { agent: drive.agent, models: {} }, agentFingerprint: null });
  const prompts = await promptTexts(db, turn);
  const result = await host.run({ ...callOf(deps, turn, signal), agent, prompts });
  await keep(deps, { turn, agent: drive.agent, result, trace: wholeTrace(result, now()) });
}

/** Keeps why a turn stays without an answer. */
export const endTurn = (
  { db }: ActivityDeps,
  { why, ...at }: TurnRef & { readonly why: string },
): Promise<void> => missTurn(db, at, { kind: 'infrastructure', message: why });

async function promptTexts(
  db: Db,
  { project, versions }: DriveTurn,
): Promise<Readonly<Record<string, string>>> {
  const texts = Object.entries(versions).map(async ([name, number]) => {
    const { text } = await getPrompt(db, { project, reference: `${name}@${number}` });
    return [name, text] as const;
  });
  return Object.fromEntries(await Promise.all(texts));
}

function callOf(
  { models }: AgentDeps,
  { project, drive, turn, traceId, inputs }: DriveTurn,
  signal: AbortSignal,
): Omit<AgentCall, 'agent' | 'prompts'> {
  const payer = drivePayer(drive);
  return {
    inputs,
    traceId,
    model: models.agent,
    context: (n) => ({
      purpose: 'agent',
      draw: `agent|${payer}|${turn}|${n}`,
      project,
      cycle: payer,
      signal,
    }),
  };
}

type Kept = {
  readonly turn: DriveTurn;
  readonly agent: string;
  readonly result: AgentResult;
  readonly trace: Trace;
};

/** Stores the trace as one that a product sent: searched, labelled and made into rows like any other; its session is the drive. */
async function keep(
  { db, practice }: AgentDeps,
  { turn, agent, result, trace }: Kept,
): Promise<void> {
  const { project, drive, versions } = turn;
  const session = drivePayer(drive);
  const prompts = Object.entries(versions).map(([name, number]) => [`prompt.${name}`, `${number}`]);
  const tags = { drive, agent, ...(Object.fromEntries(prompts) as Record<string, string>) };
  const spans = trace.spans.map((span): ReceivedSpan => ({
    ...span,
    trace: trace.id,
    session,
    origin: span.origin ?? originOf(span.name),
  }));
  await db.transaction().execute(async (tx) => {
    await importSpans(tx, { project, spans });
    await tagTraces(tx, { project, ids: [trace.id], tags });
    await answerTurn(tx, turn, { ...result, practice });
  });
}

const originOf = (name: string): SpanOrigin => ({
  name,
  resource: {},
  scope: 'attune test drive',
  events: [],
  links: [],
  remarks: [],
});
