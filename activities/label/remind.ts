import { log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { hashJson } from '../../contracts/hash.ts';
import { ownAnswers } from '../../db/labels/answers.ts';
import type { Db } from '../../db/connect.ts';
import { listLinks } from '../../db/labels/links.ts';
import { countItems, getSession } from '../../db/labels/sessions.ts';
import { reminderText } from '../../domain/label/reminder.ts';
import type { ActivityDeps } from '../deps.ts';
import { countLabels } from './figures.ts';

export type Reminder = {
  readonly project: string;
  readonly session: string;
  readonly ordinal: number;
};

const WITHIN_MS = 10_000;
const HTTP = { tooMany: 429, timeout: 408, server: 500 } as const;

/** Tells people that labels are waited for: JSON that Slack understands, to the webhook of the worker; without one, a line in its log. */
export async function remind(deps: ActivityDeps, of: Reminder): Promise<void> {
  const { db, outward } = deps;
  const counts = await countLabels(db, of);
  const { session } = of;
  const raters = await ratersWithWork(db, of);
  const console =
    outward.url === null ? null : `${outward.url}/sessions/${encodeURIComponent(session)}`;
  const text = reminderText({ session, counts, raters, console });
  if (outward.webhook === null) log.info(text);
  else await post(outward.webhook, { body: { text }, key: await keyOf(db, of) });
}

/** One a reminder, however often it is sent: an answer may be lost. The deadline tells sessions of one name in two databases apart. */
async function keyOf(db: Db, of: Reminder): Promise<string> {
  const { deadline } = await getSession(db, of);
  return hashJson([of.project, of.session, deadline, of.ordinal]);
}

/** Raters with work left. */
async function ratersWithWork(db: Db, of: Reminder) {
  const [links, items] = await Promise.all([listLinks(db, of), countItems(db, of)]);
  const now = new Date().toISOString();
  const open = links.filter((link) => link.revokedAt === null && link.expiresAt > now);
  const rows = await Promise.all(
    [...new Set(open.map(({ rater }) => rater))].map(async (rater) => ({
      rater,
      left: items - (await ownAnswers(db, { ...of, rater })).length,
    })),
  );
  return rows.filter(({ left }) => left > 0);
}

async function post(
  webhook: string,
  { body, key }: { readonly body: { readonly text: string }; readonly key: string },
): Promise<void> {
  const response = await fetch(webhook, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(WITHIN_MS),
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw ApplicationFailure.retryable(
      `the webhook cannot be reached: ${why}`,
      'WebhookUnreachable',
      { kind: 'unavailable', retryable: true },
    );
  });
  await response.body?.cancel();
  if (response.ok) return;
  const { status } = response;
  const later = status === HTTP.tooMany || status === HTTP.timeout || status >= HTTP.server;
  const message = `the webhook answered ${status}; ATTUNE_WEBHOOK of the worker names it`;
  throw ApplicationFailure.create({
    message,
    type: 'WebhookRefused',
    nonRetryable: !later,
    details: [{ kind: later ? 'unavailable' : 'refused', retryable: later }],
  });
}
