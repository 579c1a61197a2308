import type { FailureKind } from './failure.ts';

/** An escaped opening (`\{{`, which stands for two braces), or `{{name}}`, whose name is the group. */
const MARK = /\\\{\{|\{\{\s*([A-Za-z_][A-Za-z0-9_.]*)\s*\}\}/g;

/** Names of the `{{variables}}` of a text, each once, in order of first appearance. */
export function variablesOf(text: string): readonly string[] {
  return [...new Set([...text.matchAll(MARK)].flatMap(([, name]) => name ?? []))];
}

/** Which of the variables another text lacks, and which it has that were not there: both none where their sets are equal. */
export function changedVariables(
  before: readonly string[],
  after: readonly string[],
): { readonly lost: readonly string[]; readonly added: readonly string[] } {
  return {
    lost: before.filter((name) => !after.includes(name)),
    added: after.filter((name) => !before.includes(name)),
  };
}

/** As they stand in a text: `{{a}}, {{b}}`. */
export const variableList = (names: readonly string[]): string =>
  names.map((name) => `{{${name}}}`).join(', ');

/** Replaces each `{{name}}` that has a value and each `\{{` by two braces; an unknown name stays as it is. No expansion of `$`. */
export function fillTemplate(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(MARK, (whole, key: string | undefined) => {
    if (key === undefined) return '{{';
    return Object.hasOwn(values, key) ? values[key]! : whole;
  });
}

/** A text whose template expressions are not all understood: it would be sent with holes that nobody sees. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  readonly kind = 'invalid' satisfies FailureKind;
  readonly retryable = false;
  readonly faults: readonly string[];

  constructor(what: string, faults: readonly string[]) {
    super(`${what}: ${faults.join('; ')}`);
    this.faults = faults;
  }
}

/** @throws TemplateError */
export function checkPlaceholders(what: string, text: string): void {
  const faults = placeholderFaults(text);
  if (faults.length > 0) throw new TemplateError(what, faults);
}

/** What opens an expression of this or another template language; one brace, as JSON has it, opens none. */
const OPENINGS = /\\\{\{|\{{2,}|\{%-?|\{#-?(?=[^}]*#\})/g;
const VARIABLE = /^\{\{\s*[A-Za-z_][A-Za-z0-9_.]*\s*\}\}/;
/** Faults that are told of one text. */
const MOST = 5;

/** Each template expression that is not understood, with its place and a remedy; none in a text that can be filled. */
export function placeholderFaults(text: string): readonly string[] {
  const faults = [...text.matchAll(OPENINGS)].flatMap(({ 0: opening, index }) => {
    if (opening.startsWith('\\')) return [];
    const rest = text.slice(index);
    if (opening === '{{' && VARIABLE.test(rest)) return [];
    if (opening.startsWith('{%') && !/^\{%[^]*?%\}/.test(rest)) return [];
    return [`${placeOf(text, index)}: ${faultOf(opening, rest)}`];
  });
  if (faults.length <= MOST) return faults;
  return [...faults.slice(0, MOST), `${faults.length - MOST} more of the kind`];
}

function faultOf(opening: string, rest: string): string {
  const shown = `\`${shownOf(opening, rest)}\``;
  if (opening.startsWith('{%') || opening.startsWith('{#'))
    return `${shown} is a tag of a template language; texts are not programs: write the text itself, and \`{{name}}\` where a value goes`;
  if (opening.length > 2)
    return `${shown} has more than two braces; write \`{{name}}\`, and a blank before it where a brace of your own stands there: \`{ {{name}} }\``;
  const inner = /^\{\{([^]*?)\}\}/.exec(rest)?.[1]?.trim();
  if (inner === undefined)
    return `${shown} opens an expression that is not closed; close it with \`}}\`, or write \`\\{{\` for two braces`;
  const name = /^[-~]?\s*([A-Za-z_][A-Za-z0-9_.]*)\s*(\||-\s*$|~\s*$)/.exec(inner)?.[1];
  const plain = name === undefined ? 'a name alone, such as `{{message}}`' : `\`{{${name}}}\``;
  return `${shown} is not understood; write ${plain} (no filters, calls or blocks), or \`\\{{\` for two braces as they are`;
}

/** The expression up to its end, at most 40 characters of one line. */
function shownOf(opening: string, rest: string): string {
  const line = rest.split('\n', 1)[0]!;
  const close = opening.startsWith('{%') ? '%}' : opening.startsWith('{#') ? '#}' : '}}';
  const end = line.indexOf(close);
  const braces = end === -1 ? '' : /^\}*/.exec(line.slice(end + close.length))![0];
  const whole = end === -1 ? line : line.slice(0, end + close.length);
  const text = opening.length > 2 && opening.startsWith('{{') ? whole + braces : whole;
  return text.length <= 40 ? text : `${text.slice(0, 40)}...`;
}

function placeOf(text: string, index: number): string {
  const before = text.slice(0, index).split('\n');
  return `line ${before.length}, column ${before.at(-1)!.length + 1}`;
}
