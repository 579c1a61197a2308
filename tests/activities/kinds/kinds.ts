import type { Value } from '../../../contracts/value.ts';
import { taskOf, type Task } from './task.ts';

/** A kind of judge, as a spec names it, and the two values that people give with it. */
export type Kind = {
  readonly judge: object;
  readonly right: Value;
  readonly wrong: Value;
  readonly task: Task;
  /** What the spec says besides. */
  readonly more?: object;
};

const question = ({ teams }: Task, about = '{{outputs}} the right team for {{inputs}}'): string =>
  `Each message goes to one of three teams: ${teams.join(', ')}.\nIs ${about}?`;

const custom = (task: Task, value: object): object => ({
  name: 'team',
  instructions: question(task),
  value,
});
const YES_NO = { right: true, wrong: false };

/** Every kind of judge that people can label; each with a task of its own, as looks at equal sealed content are counted. */
export function kindsOf(seed: number): Readonly<Record<string, Kind>> {
  let at = seed * 100;
  const made = (make: (task: Task) => Omit<Kind, 'task'>, options = {}): Kind => {
    const task = taskOf((at += 1), options);
    return { task, ...make(task) };
  };
  const yesNo = { type: 'boolean' };
  return {
    'custom, yes or no': made((task) => ({ ...YES_NO, judge: custom(task, yesNo) })),
    'categories mapped to numbers': made((task) => ({
      judge: custom(task, {
        type: 'categories',
        categories: { good: 0.9, unsure: 0.5, poor: 0.2 },
      }),
      right: 'good',
      wrong: 'poor',
    })),
    'an ordinal scale': made((task) => ({
      judge: custom(task, {
        type: 'categories',
        categories: { right: 1, near: 0.5, wrong: 0 },
        ordinal: true,
      }),
      right: 'right',
      wrong: 'wrong',
    })),
    'whole numbers in a range': made((task) => ({
      judge: custom(task, { type: 'integer', min: 1, max: 5 }),
      right: 5,
      wrong: 1,
    })),
    'numbers in a range': made((task) => ({
      judge: custom(task, { type: 'number', min: 1, max: 10 }),
      right: 9.5,
      wrong: 1.5,
    })),
    guidelines: made(({ teams }) => ({
      ...YES_NO,
      judge: {
        kind: 'guidelines',
        name: 'team',
        guidelines: [`The message goes to the right one of the teams ${teams.join(', ')}.`],
      },
    })),
    'built in': made(() => ({ ...YES_NO, judge: { builtin: 'relevance-to-query', name: 'team' } })),
    'a judge that reads the trace': made((task) => ({
      ...YES_NO,
      judge: {
        name: 'team',
        instructions: question(task, '{{outputs}} what {{inputs}} asks for, as {{trace}} shows'),
        value: yesNo,
        trace: { steps: 1, tokens: 1_000 },
      },
    })),
    'a judge of conversations': made(
      (task) => ({
        ...YES_NO,
        judge: {
          name: 'team',
          instructions: question(task, '{{conversation}} ended with the right team'),
          value: yesNo,
        },
      }),
      { opening: true },
    ),
    'beside a tool usage that decides': made((task) => ({
      ...YES_NO,
      judge: custom(task, yesNo),
      more: {
        scorers: [
          {
            kind: 'tool-usage',
            name: 'tools',
            tools: Object.fromEntries(
              task.teams.map((team) => [team, `is told of ${task.cues[team]!.join(', ')}`]),
            ),
            mistakes: ['missing'],
          },
        ],
        primary: 'tools',
      },
    })),
    'beside a code scorer that decides': made((task) => ({
      ...YES_NO,
      judge: custom(task, yesNo),
      more: { scorers: ['short'], primary: 'team' },
    })),
  };
}

/** Those of which the others are variants. */
const SHORT = [
  'categories mapped to numbers',
  'numbers in a range',
  'guidelines',
  'a judge that reads the trace',
  'a judge of conversations',
  'beside a tool usage that decides',
];

/** A few of the kinds, or with ATTUNE_LONG=1 all. */
export const kindsToShow = (seed: number): readonly (readonly [string, Kind])[] =>
  Object.entries(kindsOf(seed)).filter(
    ([name]) => process.env['ATTUNE_LONG'] === '1' || SHORT.includes(name),
  );
