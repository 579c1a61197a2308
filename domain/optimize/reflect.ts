import type { Violation } from './ask.ts';
import { complaintText } from './constraints.ts';
import { renderRecords } from './render.ts';
import type { ReflectiveRecord } from './render.ts';
import { DEFAULT_TEMPLATE, fillAsReference, fillGuarded } from './template.ts';
import { estimateTokens, fitRecords } from './tokens.ts';

export { checkProposal } from './constraints.ts';
export type { Proposal } from './constraints.ts';
export { extractProposal, proposalIn } from './extract.ts';
export { reflectiveRecord } from './records.ts';
export type { RecordParts } from './records.ts';
export type { ReflectiveRecord } from './render.ts';
export { checkTemplate, DEFAULT_TEMPLATE, ReflectionTemplateError } from './template.ts';

export type ReflectionPrompt = {
  /** The text to rewrite. */
  readonly current: string;
  readonly records: readonly ReflectiveRecord[];
  /** With `<curr_param>` and `<side_info>`; default the reference's. */
  readonly template?: string;
  /** Tokens (estimated) the whole prompt may take; default no bound. */
  readonly tokenBudget?: number;
  readonly complaint?: Violation;
};

/** The prompt of a reflection; throws ReflectionTemplateError. A literal placeholder in the current text stays literal. */
export function reflectionPrompt(prompt: ReflectionPrompt): string {
  const { current, template = DEFAULT_TEMPLATE, tokenBudget, complaint } = prompt;
  const bare = fillGuarded(template, { current, sideInfo: '' });
  const again = complaint === undefined ? '' : `\n\n${complaintText(complaint)}`;
  const room = (tokenBudget ?? Infinity) - estimateTokens(bare + again);
  const records =
    room === Infinity ? prompt.records : fitRecords(prompt.records, Math.max(0, room));
  return fillGuarded(template, { current, sideInfo: renderRecords(records) }) + again;
}

/** The prompt exactly as gepa 0.1.4 renders it, unguarded and uncut; throws ReflectionTemplateError. */
export const referencePrompt = ({
  current,
  records,
  template = DEFAULT_TEMPLATE,
}: Pick<ReflectionPrompt, 'current' | 'records' | 'template'>): string =>
  fillAsReference(template, { current, sideInfo: renderRecords(records) });
