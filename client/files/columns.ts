import type { Fault } from '../../contracts/invalid-input.ts';
import { answerLike, type FieldMap } from './field-map.ts';

/** What a column of a file became: null when it was left out. */
export type Column = { readonly heading: string; readonly field: string | null };

const GROUPS = ['inputs', 'outputs', 'expectations', 'tags'] as const;
const PLAIN = ['id', 'conversation'];
const NEAR: Readonly<Record<string, string>> = {
  input: 'inputs',
  output: 'outputs',
  expectation: 'expectations',
  expected: 'expectations',
  tag: 'tags',
};

export type Columns = {
  readonly columns: readonly Column[];
  readonly faults: readonly Fault[];
};

/**
 * The field of an example that each heading means, read without regard to case and outer spaces. What may be an answer is refused
 * unless it is mapped: as an input it would reach the agent.
 */
export function exampleColumns(headings: readonly string[], at: string, map: FieldMap): Columns {
  const faults: Fault[] = [];
  const columns = headings.map((written) => {
    const heading = written.trim();
    const mapped = map.fields.find(({ from }) => same(from, heading));
    if (mapped !== undefined) return { heading, field: mapped.to };
    if (heading === '' || map.ignore.some((each) => same(each, heading)))
      return { heading, field: null };
    const field = fieldOf(heading);
    const fault = field.startsWith('?') ? field.slice(1) : null;
    if (fault !== null) faults.push({ at, message: fault });
    return { heading, field };
  });
  return { columns, faults: [...faults, ...unknown(headings, at, map), ...twice(columns, at)] };
}

const same = (a: string, b: string): boolean => a.trim().toLowerCase() === b.trim().toLowerCase();

function fieldOf(heading: string): string {
  const [first = '', ...rest] = heading.split('.').map((part) => part.trim());
  const group = first.toLowerCase();
  if (rest.length === 0) {
    if (PLAIN.includes(group) || group === 'inputs' || group === 'expectations' || group === 'tags')
      return group;
    return answerLike(heading) ? `?${answerFault(heading)}` : `inputs.${heading}`;
  }
  if ((GROUPS as readonly string[]).includes(group))
    return [group, ...rest.map((part) => inCaseOf(first, part))].join('.');
  if (NEAR[group] !== undefined)
    return `?\`${heading}\`: did you mean \`${[NEAR[group], ...rest].join('.')}\`? Rename it, or ${mapTo(heading, [NEAR[group], ...rest].join('.'))}`;
  return answerLike(heading) ? `?${answerFault(heading)}` : `inputs.${heading}`;
}

/** `Inputs.Message` and `INPUTS.MESSAGE` are `inputs.message`; `inputs.userName` stays as it is. */
function inCaseOf(group: string, part: string): string {
  if (group === group.toLowerCase()) return part;
  if (group === group.toUpperCase()) return part.toLowerCase();
  return part.charAt(0).toLowerCase() + part.slice(1);
}

const mapTo = (heading: string, field: string): string => `\`--map "${heading}=${field}"\``;

function answerFault(heading: string): string {
  const key = heading.replace(/^_+/, '').replaceAll(/[^\p{L}\p{N}]+/gu, '_');
  return (
    `\`${heading}\` looks like an answer, and as an input it would reach the agent. Say what it is: ` +
    `${mapTo(heading, `expectations.${key}`)} (what should come), ${mapTo(heading, `outputs.${key}`)} (what an agent said), ` +
    `${mapTo(heading, `inputs.${key}`)} (an input after all), or \`--ignore "${heading}"\``
  );
}

/** Maps and ignores of headings that the file does not have. */
const unknown = (headings: readonly string[], at: string, map: FieldMap): readonly Fault[] =>
  [...map.fields.map(({ from }) => from), ...map.ignore]
    .filter((name) => !headings.some((heading) => same(heading, name)))
    .map((name) => ({
      at,
      message: `has no column \`${name}\`; its columns are ${headings.join(', ')}`,
    }));

/** Two columns of one field, or one inside the other: neither is more right. */
function twice(columns: readonly Column[], at: string): readonly Fault[] {
  const named = columns.filter((column) => column.field !== null && !column.field.startsWith('?'));
  return named.flatMap(({ heading, field }, index) => {
    const before = named
      .slice(0, index)
      .find((other) => within(other.field!, field!) || within(field!, other.field!));
    return before === undefined
      ? []
      : [
          {
            at,
            message: `the columns \`${before.heading}\` and \`${heading}\` are both \`${before.field}\`; rename one, or leave one out with \`--ignore\``,
          },
        ];
  });
}

const within = (above: string, below: string): boolean =>
  above === below || below.startsWith(`${above}.`);
