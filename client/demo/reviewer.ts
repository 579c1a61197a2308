import { z } from 'zod';
import type { LabelLine } from '../../contracts/label.ts';
import {
  type ItemView,
  itemsAnswer,
  labelsAnswer,
  sessionsAnswer,
} from '../../contracts/session-view.ts';
import { callApi } from '../api.ts';
import type { ServerAddress } from '../connections.ts';
import { readJsonLines } from '../files/json-lines.ts';

/** One line of a reviewers file: what each reviewer would have chosen for an example, and why. */
export const reviewLine = z.strictObject({
  id: z.string(),
  reviews: z.record(z.string(), z.strictObject({ route: z.string(), reason: z.string() })),
});
export type Reviews = Readonly<Record<string, z.infer<typeof reviewLine>['reviews']>>;

export const readReviews = (path: string): Reviews =>
  Object.fromEntries(readJsonLines(path, reviewLine).map(({ value }) => [value.id, value.reviews]));

export type Reviewing = {
  readonly server: ServerAddress;
  readonly session: string;
  readonly reviews: Reviews;
  /** Field of the outputs that holds what the agent chose. */
  readonly field: string;
};

export type Reviewed = { readonly labels: number; readonly raters: readonly string[] };

const AT_ONCE = 200;

/**
 * The scripted reviewer: labels every open item of a session as each reviewer of the file would, through the label API like any
 * person. An output is right when its field is the route that reviewer chose; the reviewer's reason is the rationale.
 */
export async function reviewSession({
  server,
  session,
  reviews,
  field,
}: Reviewing): Promise<Reviewed> {
  const { sessions } = await callApi({ server, path: '/api/sessions', answer: sessionsAnswer });
  const name = sessions.find(({ id }) => id === session)?.judge;
  if (name === undefined) return { labels: 0, raters: [] };
  const reviewers = [...new Set(Object.values(reviews).flatMap((row) => Object.keys(row)))].sort();
  let posted = 0;
  for (const reviewer of reviewers) {
    const rater = raterOf(reviewer);
    const path = `/api/sessions/${encodeURIComponent(session)}/items?rater=${encodeURIComponent(rater)}`;
    const { items } = await callApi({ server, path, answer: itemsAnswer });
    const labels = items.flatMap((item) => labelOf({ item, reviewer, name, reviews, field }) ?? []);
    for (let from = 0; from < labels.length; from += AT_ONCE) {
      const body = labels.slice(from, from + AT_ONCE);
      await callApi({ server, path: '/api/labels', answer: labelsAnswer, body });
    }
    posted += labels.length;
  }
  return { labels: posted, raters: reviewers.map(raterOf) };
}

/** The name says for ever, in every label, that no person gave it; reports go by it. */
const raterOf = (reviewer: string): string => `scripted-${reviewer}`;

function labelOf(input: {
  readonly item: ItemView;
  readonly reviewer: string;
  readonly name: string;
  readonly reviews: Reviews;
  readonly field: string;
}): LabelLine | null {
  const { item, reviewer, name } = input;
  const review = input.reviews[item.row_id]?.[reviewer];
  if (review === undefined) return null;
  return {
    trace_id: item.trace_id,
    rater: raterOf(reviewer),
    name,
    value: item.outputs[input.field] === review.route,
    rationale: review.reason,
  };
}
