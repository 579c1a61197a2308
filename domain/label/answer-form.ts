import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { AnswerForm } from '../../contracts/rater-view.ts';
import { NOT_APPLICABLE, type Value } from '../../contracts/value.ts';
import { categoriesOf } from '../evaluate/scale.ts';

/** Most choices that keys can take. */
const KEYS = 9;

/** How a person answers a judge's question: by choices where they are few, else by a number or a text. */
export function answerFormOf({ value: type, notApplicable }: JudgeDefinition): AnswerForm {
  const withRest = (choices: readonly { value: Value; text: string }[]): AnswerForm => ({
    kind: 'choices',
    choices: notApplicable
      ? [...choices, { value: NOT_APPLICABLE, text: NOT_APPLICABLE }]
      : [...choices],
  });
  switch (type.type) {
    case 'boolean':
      return withRest([
        { value: true, text: 'yes' },
        { value: false, text: 'no' },
      ]);
    case 'categories':
      return withRest(categoriesOf(type).map((value) => ({ value, text: value })));
    case 'integer': {
      const count = type.max - type.min + 1;
      if (count <= KEYS)
        return withRest(
          Array.from({ length: count }, (_, at) => ({
            value: type.min + at,
            text: String(type.min + at),
          })),
        );
      return { kind: 'number', min: type.min, max: type.max, whole: true };
    }
    case 'number':
      return { kind: 'number', min: type.min, max: type.max, whole: false };
    case 'text':
      return { kind: 'text' };
  }
}
