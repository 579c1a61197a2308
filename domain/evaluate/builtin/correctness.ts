import type { BuiltinJudge } from './judge.ts';
import { PASS_OR_FAIL, said } from './parts.ts';

const facts = (...expected_facts: readonly string[]) => ({ expected_facts });
const response = (expected_response: string) => ({ expected_response });

export const correctness: BuiltinJudge = {
  about: 'The answer holds the expected facts, or says what the expected response says.',
  definition: {
    name: 'correctness',
    instructions: `Is the answer in {{outputs}} to {{inputs}} correct, measured by {{expectations}} and by nothing else?

With "expected_facts": every fact listed must be stated by the answer or follow from it at once. With "expected_response": the answer must say the same in substance. Wording, order, length and further facts do not matter, unless a further fact contradicts what is expected.
Correct (true) when nothing expected is missing or contradicted; else false. Do not use knowledge of your own to overrule what is expected.
Where <expectations> has neither of the two, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    said(
      'pass',
      'Who wrote Faust?',
      'Johann Wolfgang von Goethe wrote it.',
      facts('Goethe wrote Faust'),
    ),
    said(
      'pass',
      'When do I get my refund?',
      'Within 14 days, back to the card you paid with.',
      facts('within two weeks', 'to the card of the payment'),
    ),
    said('pass', 'How high is the fee?', 'There is none.', response('No fee is charged.')),
    said(
      'pass',
      'Which plan has roaming?',
      'Both Travel and World include it; World costs 30 a month.',
      facts('Travel includes roaming', 'World includes roaming'),
    ),
    said(
      'pass',
      'Is the shop open on Monday?',
      'Yes, nine to six.',
      response('It is open on Mondays from 9 to 18.'),
    ),
    said('fail', 'Who wrote Faust?', 'Friedrich Schiller.', facts('Goethe wrote Faust')),
    said(
      'fail',
      'When do I get my refund?',
      'Within 14 days.',
      facts('within two weeks', 'to the card of the payment'),
    ),
    said('fail', 'How high is the fee?', 'It is 5 EUR.', response('No fee is charged.')),
    said(
      'fail',
      'Is the shop open on Monday?',
      'Yes, except on Mondays and Tuesdays.',
      response('It is open on Mondays from 9 to 18.'),
    ),
    said('fail', 'Which plan has roaming?', 'Please call us.', facts('Travel includes roaming')),
    said('not applicable', 'Who wrote Faust?', 'Goethe.'),
    said('not applicable', 'How high is the fee?', 'There is none.', { language: 'en' }),
  ],
};
