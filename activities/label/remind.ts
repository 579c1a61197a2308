import { log } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { hashJson } from '../../contracts/hash.ts';
import { ownAnswers } from '../../db/labels/answers.ts';
import type { Db } from '../../db/connect.ts';
import { listLinks, signingKey } from '../../db/labels/links.ts';
import { countItems, getSession } from '../../db/labels/sessions.ts';
import { signLink } from '../../domain/label/link-token.ts';
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
  const raters = await openLinks(db, of, outward.url);
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

/** Raters with work left, and where they do it. */
async function openLinks(db: Db, of: Reminder, url: string | null) {
  if (url === null) return [];
  const { project } = of;
  const [links, items, key] = await Promise.all([
    listLinks(db, of),
    countItems(db, of),
    signingKey(db, project),
  ]);
  const now = new Date().toISOString();
  const open = links.filter((link) => link.revokedAt === null && link.expiresAt > now);
  const newest = new Map(open.toReversed().map((link) => [link.rater, link]));
  const rows = await Promise.all(
    [...newest.values()].map(async ({ id, rater, expiresAt }) => {
      const done = (await ownAnswers(db, { ...of, rater })).length;
      const token = signLink(key, project, { id, expires: Date.parse(expiresAt) });
      return { rater, left: items - done, link: `${url}/label/${token}` };
    }),
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
