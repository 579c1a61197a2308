import type { LabelCounts } from '../../contracts/session.ts';

/** The three characters that Slack's markup gives a meaning. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/**
 * What a reminder says, in Slack's markup: how far the labels have come, and who has work left. It holds no rater's link, which would let
 * everybody in the channel answer in their names.
 */
export function reminderText(of: {
  readonly session: string;
  readonly counts: LabelCounts;
  readonly raters: readonly { readonly rater: string; readonly left: number }[];
  /** Address of the session in the console. */
  readonly console: string | null;
}): string {
  const { labels, target, consensus, minimum } = of.counts;
  const session =
    of.console === null ? escaped(of.session) : `<${of.console}|${escaped(of.session)}>`;
  const head = `Label session ${session} waits: ${labels} of ${target} labels, ${consensus} of ${minimum} items agreed on.`;
  const rows = of.raters.map(
    ({ rater, left }) => `• ${escaped(rater)}: ${left} ${left === 1 ? 'item' : 'items'} left`,
  );
  const how =
    'Each rater has a link of their own; the owner finds them on the page of the session, or by `attune label links`.';
  return [head, ...rows, ...(rows.length === 0 ? [] : [how])].join('\n');
}
