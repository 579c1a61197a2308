import type { BuiltinJudge } from './judge.ts';
import { PASS_OR_FAIL, said } from './parts.ts';

export const completeness: BuiltinJudge = {
  about: 'Every part of the request is dealt with.',
  definition: {
    name: 'completeness',
    instructions: `Does the answer in {{outputs}} deal with every part of the request in {{inputs}}?

First list the parts: each question, each thing to be done, each condition to be kept (such as a number of items, a language or a format). Then look for each in the answer. A part is dealt with when it is answered, done, or openly declined with a reason; whether the answer to it is right is not the question.
Complete (true) when no part is left out; false when at least one is passed over.
Where {{inputs}} asks for nothing, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    said(
      'pass',
      'What does the ticket cost, and can I take a bike?',
      'It costs 12 EUR; a bike needs a ticket of its own for 5 EUR.',
    ),
    said('pass', 'Name three rivers in France.', 'The Loire, the Rhone and the Seine.'),
    said(
      'pass',
      'Cancel my plan and tell me the last day.',
      'It is cancelled; your last day is 30 June.',
    ),
    said(
      'pass',
      'What is your address and your phone number?',
      'We sit at 5 Mill Lane. We do not give out a phone number; please write to us.',
    ),
    said('pass', 'Is it open today?', 'Yes, until six.'),
    said('fail', 'What does the ticket cost, and can I take a bike?', 'It costs 12 EUR.'),
    said('fail', 'Name three rivers in France.', 'The Loire and the Seine.'),
    said('fail', 'Cancel my plan and tell me the last day.', 'Your plan is cancelled.'),
    said(
      'fail',
      'Explain in one sentence, then in Spanish.',
      'The moon pulls the sea, and so the tides come.',
    ),
    said(
      'fail',
      'Which sizes and colours are there, and is it in stock in Linz?',
      'It comes in S to XL and in red, blue and black.',
    ),
    said('not applicable', 'Thanks, bye!', 'Goodbye.'),
    said('not applicable', '', 'Hello, how can I help?'),
  ],
};
