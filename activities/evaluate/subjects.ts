import type { Example } from '../../contracts/example.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import { isJudge, kindOf, type ScorerVersion } from '../../contracts/scorer.ts';
import type { Trace } from '../../contracts/trace.ts';
import type { Db } from '../../db/connect.ts';
import { listTurns } from '../../db/data/conversations.ts';
import type * as runs from '../../db/runs/runs.ts';
import { getTraces } from '../../db/traces/traces.ts';
import { conversationView, type Turn } from '../../domain/evaluate/conversation.ts';
import { type JudgeVariable, variablesUsed } from '../../domain/evaluate/judge-fields.ts';
import { judgesSessions } from '../../domain/evaluate/not-applicable.ts';
import { traceView } from '../../domain/evaluate/trace-view.ts';

/** One output under assessment, with all that a scorer may look at. */
export type Subject = {
  readonly example: Example;
  readonly outputs: JsonObject;
  /** Null where the rollout left none, or no scorer looks at it. */
  readonly trace: Trace | null;
  /** Turns of its conversation up to this one; empty where no scorer looks at them. */
  readonly turns: readonly Turn[];
  /** No later row of the dataset belongs to its conversation. */
  readonly last: boolean;
};

type Row = {
  readonly example: Example;
  readonly outputs: JsonObject;
  readonly traceId: string | null;
};

/** The rows with the traces and conversations that the scorers look at, in their order. */
export async function subjectsOf(
  db: Db,
  at: {
    readonly run: Pick<runs.Run, 'project' | 'name' | 'datasetVersion'>;
    readonly rows: readonly Row[];
    readonly scorers: readonly ScorerVersion[];
  },
): Promise<readonly Subject[]> {
  const { run, rows, scorers } = at;
  const { project, name, datasetVersion: version } = run;
  const ids = scorers.some(needsTrace) ? rows.flatMap(({ traceId }) => traceId ?? []) : [];
  const found = await getTraces(db, { project, ids, within: name });
  const traces = new Map(found.map((trace) => [trace.id, trace]));
  const conversations = scorers.some((scorer) => uses(scorer, 'conversation'))
    ? [...new Set(rows.map(({ example }) => example.conversation))]
    : [];
  const turns = await listTurns(db, { project, version, conversations });
  const byConversation = Map.groupBy(turns, (turn) => turn.conversation);
  return rows.map(({ example, outputs, traceId }) => {
    const all = byConversation.get(example.conversation) ?? [];
    const place = all.findIndex((turn) => turn.example === example.id);
    return {
      example,
      outputs,
      trace: traces.get(traceId ?? '') ?? null,
      turns: place < 0 ? [] : [...all.slice(0, place), { ...all[place]!, outputs }],
      last: place === all.length - 1,
    };
  });
}

/** Examples at which a judge of whole conversations judges, the last row of each; null for a scorer that assesses every row. */
export async function sessionEnds(
  db: Db,
  at: {
    readonly run: Pick<runs.Run, 'project' | 'datasetVersion'>;
    readonly scorer: ScorerVersion;
    readonly conversations: readonly string[];
  },
): Promise<ReadonlySet<string> | null> {
  const { run, scorer, conversations } = at;
  if (!isJudge(scorer) || !judgesSessions(scorer.definition)) return null;
  const { project, datasetVersion: version } = run;
  const turns = await listTurns(db, { project, version, conversations });
  return new Set(new Map(turns.map((turn) => [turn.conversation, turn.example])).values());
}

/** All there is of a subject for a judge; its instructions choose. */
export function fieldsOf({ example, outputs, trace, turns }: Subject): JsonObject {
  return {
    inputs: example.inputs,
    outputs,
    ...(example.expectations === undefined ? {} : { expectations: example.expectations }),
    ...(trace === null ? {} : { trace: traceView(trace) }),
    ...(turns.length === 0 ? {} : { conversation: conversationView(turns) }),
  };
}

const uses = ({ definition }: ScorerVersion, variable: JudgeVariable): boolean =>
  kindOf(definition) === 'judge' &&
  variablesUsed((definition as JudgeDefinition).instructions).includes(variable);

const needsTrace = (scorer: ScorerVersion): boolean =>
  kindOf(scorer.definition) !== 'judge' || uses(scorer, 'trace');

/** A subject that lacks what its scorer looks at. */
export class NotAssessableError extends Error {
  override readonly name = 'NotAssessableError';
  readonly kind = 'refused';
  readonly retryable = false;
  readonly fault: string;
  constructor(fault: string, message: string) {
    super(message);
    this.fault = fault;
  }
}

/** @throws NotAssessableError */
export function traceOf({ trace }: Subject): NonNullable<Subject['trace']> {
  if (trace !== null) return trace;
  throw new NotAssessableError(
    'no-trace',
    'the output has no trace; evaluate an agent, or rows that were made from traces',
  );
}
