import type { BuiltinJudge } from './judge.ts';
import { found, PASS_OR_FAIL, traced } from './parts.ts';

const ask = (question: string): readonly [string, string] => [question, '(answer not judged)'];

export const retrievalSufficiency: BuiltinJudge = {
  about: 'What was retrieved is enough to answer the request.',
  definition: {
    name: 'retrieval-sufficiency',
    instructions: `Does what was retrieved in {{trace}} hold everything that is needed to answer the request in {{inputs}}?

Look at the outputs of the spans of the kind retriever, all together. Ask yourself what a person who knows nothing but these documents could answer.
Sufficient (true) when that person could answer the request fully; false when a fact that the answer needs is missing or only hinted at. Further documents that nobody needs do no harm. What was answered in the end is not the question.
Where nothing was searched for, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    traced(
      'pass',
      ask('When does the pool close on Friday?'),
      found('pool hours', 'Pool: Monday to Thursday 8-20, Friday 8-22.'),
    ),
    traced(
      'pass',
      ask('May dogs come in?'),
      found('dogs', 'Animals are not allowed, except guide dogs.', 'Entry is 4 EUR.'),
    ),
    traced(
      'pass',
      ask('What is the fee and who pays it?'),
      found('fee', 'The fee is 10 EUR.', 'The sender pays all fees.'),
    ),
    traced(
      'pass',
      ask('Is there a lift?'),
      found('access', 'All floors are reached by stairs and by a lift.'),
    ),
    traced(
      'pass',
      ask('Who leads the choir?'),
      found('choir', 'Choir: Thursdays at 19:00, led by Mara Feld.'),
    ),
    traced(
      'fail',
      ask('When does the pool close on Friday?'),
      found('pool hours', 'Pool: Monday to Thursday 8-20.'),
    ),
    traced(
      'fail',
      ask('May dogs come in?'),
      found('dogs', 'Our terrace is popular with dog owners.'),
    ),
    traced('fail', ask('What is the fee and who pays it?'), found('fee', 'The fee is 10 EUR.')),
    traced('fail', ask('Is there a lift?'), found('access', 'The house has four floors.')),
    traced('fail', ask('Who leads the choir?'), found('choir')),
    traced('not applicable', ask('When does the pool close on Friday?')),
    traced('not applicable', ask('Hello!')),
  ],
};
