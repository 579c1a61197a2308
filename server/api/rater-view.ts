import type { RaterItem, RaterView, SpanContent } from '../../contracts/rater-view.ts';
import { ownAnswers } from '../../db/labels/answers.ts';
import type { Db } from '../../db/connect.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { outlineSpans, readSpan } from '../../db/traces/outline.ts';
import { listItemContents } from '../../db/labels/items.ts';
import { countItems, getSession } from '../../db/labels/sessions.ts';
import { answerFormOf } from '../../domain/label/answer-form.ts';
import { spanViews } from '../../domain/label/span-views.ts';
import { RequestError } from '../failures.ts';

type At = { readonly project: string; readonly session: string; readonly rater: string };

/** The session as its rater sees it: the question, and how far they have come. */
export async function raterSession(db: Db, at: At): Promise<RaterView> {
  const session = await getSession(db, at);
  const [{ definition }, own, items] = await Promise.all([
    getJudge(db, { project: at.project, id: session.judgeVersion }),
    ownAnswers(db, at),
    countItems(db, at),
  ]);
  const letters = Array.from({ length: items }, () => '.');
  for (const { ordinal, label } of own) letters[ordinal] = label === null ? 's' : 'l';
  return {
    rater: at.rater,
    judge: session.judge,
    question: definition.instructions.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, 'the $1'),
    form: answerFormOf(definition),
    questions: [...session.questions],
    state: session.state,
    deadline: session.deadline,
    answers: letters.join(''),
  };
}

/** Items with their steps and the rater's own answers, in order; unknown ordinals are left out. */
export async function raterItems(
  db: Db,
  at: At & { readonly ordinals: readonly number[] },
): Promise<readonly RaterItem[]> {
  if (at.ordinals.length === 0) return [];
  const [contents, own] = await Promise.all([listItemContents(db, at), ownAnswers(db, at)]);
  const traces = (await showsTraces(db, at)) ? contents.map(({ traceId }) => traceId) : [];
  const spans = await outlineSpans(db, { project: at.project, traces });
  const answers = new Map(own.map((answer) => [answer.ordinal, answer]));
  return contents.map(({ ordinal, traceId, inputs, outputs }) => ({
    ordinal,
    inputs,
    outputs,
    spans: [...spanViews(spans.get(traceId) ?? [])],
    label: answers.get(ordinal)?.label ?? null,
    skip: answers.get(ordinal)?.skip ?? null,
  }));
}

// The steps of a gate's arms show their prompts, and so which arm is which.
const showsTraces = async (db: Db, at: At): Promise<boolean> =>
  (await getSession(db, at)).kind !== 'check';

/** What one step read and wrote. @throws RequestError (404) */
export async function raterSpan(
  db: Db,
  at: At & { readonly ordinal: number; readonly span: string },
): Promise<SpanContent> {
  const [item] = await listItemContents(db, { ...at, ordinals: [at.ordinal] });
  const { project, span } = at;
  const open = item !== undefined && (await showsTraces(db, at));
  const found = open && (await readSpan(db, { project, trace: item.traceId, id: span }));
  if (found) return found;
  throw new RequestError({
    status: 404,
    kind: 'not-found',
    message: `Item ${at.ordinal} of this session has no step ${at.span}.`,
    at: 'span',
  });
}
