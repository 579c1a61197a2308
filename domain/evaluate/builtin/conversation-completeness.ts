import type { BuiltinJudge } from './judge.ts';
import { PASS_OR_FAIL, talk } from './parts.ts';

export const conversationCompleteness: BuiltinJudge = {
  about: 'Everything the user came for is dealt with by the end.',
  definition: {
    name: 'conversation-completeness',
    instructions: `By the end of {{conversation}}, has everything that the user came for been dealt with?

List what the user asked for in any turn. Each is dealt with when it was answered or done, when the user dropped it, or when the assistant declined it with a reason and said where to turn. What was promised for later without being done is not dealt with.
True when nothing is left open; false when at least one request is, and the rationale names it.
Where the user asked for nothing, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    talk(
      'pass',
      ['Where is my parcel P-1?', 'It is in Graz and arrives tomorrow.'],
      ['Great, thanks.', 'You are welcome.'],
    ),
    talk(
      'pass',
      ['Cancel my order and send the invoice.', 'It is cancelled.'],
      ['And the invoice?', 'It is in your mail now.'],
    ),
    talk('pass', ['I want a new phone.', 'Which one?'], ['Oh, never mind.', 'All right.']),
    talk('pass', [
      'Can you fix my tax form?',
      'I cannot, as that is for the tax office; its number is 0800 1.',
    ]),
    talk('pass', ['What is 3 times 4?', '12.'], ['And 5 times 5?', '25.']),
    talk(
      'fail',
      ['Cancel my order and send the invoice.', 'It is cancelled.'],
      ['Thanks.', 'Bye.'],
    ),
    talk(
      'fail',
      ['Where is my parcel?', 'What is its number?'],
      ['P-1.', 'Thank you for the number.'],
    ),
    talk('fail', ['Please call me back.', 'We will do so some time.']),
    talk(
      'fail',
      ['What does it cost?', 'It is our best model.'],
      ['But what does it cost?', 'It comes in red.'],
    ),
    talk(
      'fail',
      ['I need a refund and a new cable.', 'A new cable is on its way.'],
      ['And the refund?', 'Let me look into that.'],
    ),
    talk('not applicable', ['Hello!', 'Hello, how can I help?']),
    talk('not applicable', ['Thanks, bye.', 'Goodbye.']),
  ],
};
