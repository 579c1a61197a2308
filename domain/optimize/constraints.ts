import {
  changedVariables,
  placeholderFaults,
  variableList,
  variablesOf,
} from '../../contracts/template.ts';
import type { Violation } from './ask.ts';

export type Proposal = {
  readonly text: string;
  /** The text it is to replace. */
  readonly current: string;
  /** Inputs and outputs of the training examples, as texts. */
  readonly examples: readonly string[];
  /** In characters; default the larger of 8,000 and four times the current text. */
  readonly maxLength?: number;
  /** The run of words that counts as a long copy; default 12. */
  readonly copyWords?: number;
};

/** What forbids testing a proposal, or null: it is empty, changes the variables, is too long, or copies an example. */
export function checkProposal(proposal: Proposal): Violation | null {
  if (proposal.text.trim() === '')
    return { kind: 'empty', detail: 'The new instruction is empty.' };
  return misread(proposal) ?? otherVariables(proposal) ?? tooLong(proposal) ?? copied(proposal);
}

/** What the reflection model is told on the one re-ask. */
export const complaintText = ({ detail }: Violation): string =>
  `Your last proposal could not be used. ${detail}\n` +
  'Write the new instruction again, without this fault, and provide it within ``` blocks.';

/** A text that could not be registered is not a candidate; what the current text has of the kind may stay. */
function misread({ text, current }: Proposal): Violation | null {
  const [fault] = placeholderFaults(text);
  if (fault === undefined || placeholderFaults(current).length > 0) return null;
  return { kind: 'variables', detail: `It is not a plain template: ${fault}.` };
}

function otherVariables({ text, current }: Proposal): Violation | null {
  const wanted = variablesOf(current);
  const { lost, added } = changedVariables(wanted, variablesOf(text));
  if (lost.length + added.length === 0) return null;
  const parts = [
    lost.length > 0 ? `It drops the template variables ${variableList(lost)}.` : '',
    added.length > 0 ? `It adds the unknown template variables ${variableList(added)}.` : '',
  ];
  const keep = wanted.length > 0 ? `Keep exactly these: ${variableList(wanted)}.` : 'Use none.';
  return { kind: 'variables', detail: [...parts, keep].filter((part) => part !== '').join(' ') };
}

function tooLong({ text, current, maxLength }: Proposal): Violation | null {
  const limit = maxLength ?? Math.max(8000, 4 * current.length);
  if (text.length <= limit) return null;
  const detail = `It has ${text.length} characters; at most ${limit} are allowed.`;
  return { kind: 'length', detail };
}

function copied({ text, current, examples, copyWords = 12 }: Proposal): Violation | null {
  const known = runs(current, copyWords);
  const proposed = new Map([...runs(text, copyWords)].filter(([run]) => !known.has(run)));
  for (const example of examples) {
    const copy = [...runs(example, copyWords).keys()].find((run) => proposed.has(run));
    if (copy === undefined) continue;
    const detail =
      `It copies a training example word for word ("${proposed.get(copy)} ..."). ` +
      'State the general rule instead of quoting examples.';
    return { kind: 'copy', detail };
  }
  return null;
}

// Every run of n words, folded to lower case and bare of punctuation, with its first words as written.
function runs(text: string, n: number): ReadonlyMap<string, string> {
  const written = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const folded = written.map((word) => word.toLowerCase());
  const count = Math.max(0, folded.length - n + 1);
  return new Map(
    Array.from({ length: count }, (_, at) => [
      folded.slice(at, at + n).join(' '),
      written.slice(at, at + 6).join(' '),
    ]),
  );
}
