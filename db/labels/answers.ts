import { sql } from 'kysely';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { LabelLine } from '../../contracts/label.ts';
import type { LabelSession } from '../../contracts/session.ts';
import type { Value } from '../../contracts/value.ts';
import { writeAudit } from '../audit.ts';
import { type Db, inTransaction } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import { tellTargets } from './threshold.ts';
import { lockLabels, recordTargeted, withdrawLabel } from './labels.ts';
import { isLate, type Target } from './target.ts';
import type { SessionRef } from './items.ts';
import { getSession } from './sessions.ts';
import { setSkip } from './skips.ts';
import { STANDING_LABEL } from './standing.ts';

/** What a rater says of an item; null takes it back. */
export type Answer =
  | (Pick<LabelLine, 'value' | 'rationale' | 'extras'> & { readonly skip?: undefined })
  | { readonly skip: string }
  | null;

export type AnswerOf = SessionRef & {
  readonly rater: string;
  readonly ordinal: number;
  readonly answer: Answer;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Why a value is no answer to the judge's question; null when it is one. */
  readonly faultOf: (judge: JudgeDefinition, value: Value) => string | null;
};

/**
 * Makes `answer` the rater's answer to an item of a session, in place of an earlier one; a repeat changes nothing. With an audit row,
 * and word to the cycle at the target, in one transaction. @throws LabelError | NotFoundError
 */
export function saveAnswer(db: Db, of: AnswerOf): Promise<{ readonly late: boolean }> {
  const { project, answer } = of;
  return inTransaction(db, async (tx) => {
    await lockLabels(tx, project);
    const session = await getSession(tx, of);
    const target = await targetOf(tx, of, session);
    const late = isLate(target, of.now);
    const work = { ...of, tx, judge: session.judge, target, late };
    const changed = isLabel(answer) ? await label(work, answer) : await unlabel(work, answer);
    if (changed) {
      const action = answer === null ? 'undo' : isLabel(answer) ? 'label' : 'skip';
      const detail = { ordinal: of.ordinal, late };
      await writeAudit(tx, { project, who: of.rater, action, subject: session.id, detail });
      if (!late) await tellTargets(tx, { project, sessions: [session.id] });
    }
    return { late };
  });
}

const isLabel = (answer: Answer): answer is Exclude<Answer, null | { skip: string }> =>
  answer !== null && answer.skip === undefined;

type Work = AnswerOf & {
  readonly tx: Db;
  readonly judge: string;
  readonly target: Target;
  readonly late: boolean;
};

async function label(
  work: Work,
  { value, rationale, extras }: Pick<LabelLine, 'value' | 'rationale' | 'extras'>,
): Promise<boolean> {
  const { tx, project, rater, judge, target, now, faultOf } = work;
  const line: LabelLine = {
    trace_id: target.traceId,
    rater,
    name: judge,
    value,
    ...(rationale !== undefined && { rationale }),
    ...(extras !== undefined && { extras }),
  };
  const [recorded] = await recordTargeted(tx, { project, lines: [line], now, faultOf }, [target]);
  const unskipped = await setSkip(tx, work, null);
  return recorded?.state !== 'unchanged' || unskipped;
}

async function unlabel(work: Work, answer: null | { readonly skip: string }): Promise<boolean> {
  const { tx, project, rater, judge: name, target, late } = work;
  const withdrawn = await withdrawLabel(tx, { project, name, rater, target, late });
  const changed = await setSkip(tx, work, answer?.skip ?? null);
  return withdrawn || changed;
}

async function targetOf(tx: Db, of: AnswerOf, session: LabelSession): Promise<Target> {
  const row = await tx
    .selectFrom('session_item')
    .selectAll()
    .where('project', '=', of.project)
    .where('session', '=', of.session)
    .where('ordinal', '=', of.ordinal)
    .executeTakeFirst();
  if (!row)
    throw new NotFoundError('item', String(of.ordinal), 'items are counted from 0 in a session');
  return {
    example: row.example,
    outputHash: row.output_hash,
    traceId: row.trace,
    session: {
      id: session.id,
      judge: session.judge,
      judgeVersion: session.judgeVersion,
      kind: session.kind,
      closed: session.state === 'closed',
      deadline: session.deadline === null ? null : Date.parse(session.deadline),
    },
  };
}

/** A rater's own answer to one item; both null while there is none. */
export type OwnAnswer = {
  readonly ordinal: number;
  readonly label:
    | (Required<Pick<LabelLine, 'value'>> & {
        readonly rationale: string | null;
        readonly extras: Readonly<Record<string, string>> | null;
      })
    | null;
  readonly skip: string | null;
};

/** What one rater has answered so far, of all items or of `ordinals`; nothing of other raters. */
export async function ownAnswers(
  db: Db,
  {
    project,
    session,
    rater,
    ordinals = null,
  }: SessionRef & { readonly rater: string; readonly ordinals?: readonly number[] | null },
): Promise<readonly OwnAnswer[]> {
  const { rows } = await sql<{
    ordinal: number;
    id: string | null;
    value: Value;
    rationale: string | null;
    extras: Readonly<Record<string, string>> | null;
    skip: string | null;
  }>`
    select i.ordinal, l.id, l.value, l.rationale, l.extras, k.reason as skip
    from session_item i
    join label_session s on s.project = i.project and s.id = i.session
    left join label l on l.project = i.project and l.name = s.judge and l.rater = ${rater}
      and l.example = i.example and l.output_hash = i.output_hash and ${STANDING_LABEL}
    left join lateral (
      select reason from item_skip k where k.project = i.project and k.session = i.session
        and k.ordinal = i.ordinal and k.rater = ${rater} order by k.seq desc limit 1
    ) k on true
    where i.project = ${project} and i.session = ${session}
      and (${ordinals}::integer[] is null or i.ordinal = any(${ordinals}::integer[]))
      and (l.id is not null or k.reason is not null)
    order by i.ordinal`.execute(db);
  return rows.map(({ ordinal, id, value, rationale, extras, skip }) => ({
    ordinal,
    label: id === null ? null : { value, rationale, extras },
    skip,
  }));
}
