import type { BuiltinJudge } from './judge.ts';
import { PASS_OR_FAIL, said } from './parts.ts';

export const relevanceToQuery: BuiltinJudge = {
  about: 'The answer is about what was asked.',
  definition: {
    name: 'relevance-to-query',
    instructions: `Is the answer in {{outputs}} about what {{inputs}} asks?

It is relevant (true) when it takes up the request: it answers it, asks for what is missing to answer it, or says why it cannot be answered. It may be wrong or short and still be relevant.
It is not relevant (false) when it speaks of something else, answers another question, or talks round the request without taking it up.
Where {{inputs}} holds no request at all, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    said('pass', 'When does the library open on Sunday?', 'On Sundays it opens at ten.'),
    said('pass', 'When does the library open on Sunday?', 'Which of our two branches do you mean?'),
    said('pass', 'What is the capital of Australia?', 'Sydney.'),
    said(
      'pass',
      'Can I bring my dog to the museum?',
      'I have no information on pets; the front desk can tell you.',
    ),
    said(
      'pass',
      'My screen is black, what now?',
      'Hold the power key for ten seconds; if it stays black, send it in.',
    ),
    said(
      'fail',
      'When does the library open on Sunday?',
      'Our library holds two million books and was founded in 1871.',
    ),
    said(
      'fail',
      'What is the capital of Australia?',
      'Kangaroos live in Australia and New Guinea.',
    ),
    said(
      'fail',
      'How do I cancel my order?',
      'To place an order, put the goods into the basket and pay.',
    ),
    said(
      'fail',
      'My screen is black, what now?',
      'Thank you for being a customer! Have you seen our new phones?',
    ),
    said(
      'fail',
      'Translate "good morning" into Spanish.',
      'Spanish is spoken by some 500 million people.',
    ),
    said('not applicable', '', 'How can I help you?'),
    said('not applicable', '...', 'Hello! What can I do for you?'),
  ],
};
