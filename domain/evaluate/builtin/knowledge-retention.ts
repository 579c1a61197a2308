import type { BuiltinJudge } from './judge.ts';
import { PASS_OR_FAIL, talk } from './parts.ts';

export const knowledgeRetention: BuiltinJudge = {
  about: 'The assistant keeps in mind what the user has said.',
  definition: {
    name: 'knowledge-retention',
    instructions: `Does the assistant keep in mind what the user has said earlier in {{conversation}}?

Note what the user states in each turn: names, numbers, wishes, conditions, corrections. It is forgotten when a later answer asks for it again, contradicts it, or ignores it where it matters. Asking to confirm something before a step that cannot be undone is not forgetting; what the user corrects later replaces what was said before.
True when nothing is forgotten; false when at least one thing is, and the rationale names both turns.
Where the conversation has a single turn, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    talk(
      'pass',
      ['I am Ana, order 55.', 'Hello Ana, what is wrong with order 55?'],
      ['It is late.', 'Order 55 arrives tomorrow, Ana.'],
    ),
    talk('pass', ['I am vegan.', 'Noted.'], ['What can I eat?', 'The lentil soup and the salad.']),
    talk(
      'pass',
      ['A room for two, please.', 'For which night?'],
      ['Friday. No, make it three people.', 'A room for three on Friday is 150 EUR.'],
    ),
    talk(
      'pass',
      ['Delete account C-9.', 'I will delete C-9 for good. Is that right?'],
      ['Yes.', 'C-9 is deleted.'],
    ),
    talk('pass', ['My budget is 300.', 'Which size?'], ['15 inch.', 'Then the A15 for 280 fits.']),
    talk(
      'fail',
      ['I am Ana, order 55.', 'Hello Ana.'],
      ['It is late.', 'What is your order number?'],
    ),
    talk('fail', ['I am vegan.', 'Noted.'], ['What can I eat?', 'I would take the beef stew.']),
    talk(
      'fail',
      ['A room for two, please.', 'For which night?'],
      ['Friday. No, make it three people.', 'A room for two on Friday is 100 EUR.'],
    ),
    talk('fail', ['My budget is 300.', 'Which size?'], ['15 inch.', 'Take the Z15 for 900.']),
    talk(
      'fail',
      ['I tried a restart already.', 'I see.'],
      ['What else can I do?', 'Have you tried a restart?'],
    ),
    talk('not applicable', ['I am Ana, order 55.', 'Hello Ana.']),
    talk('not applicable', ['Where is my parcel?', 'What is its number?']),
  ],
};
