import type { BuiltinJudge } from './judge.ts';
import { talk } from './parts.ts';

export const userFrustration: BuiltinJudge = {
  about: 'Whether the user is frustrated, and whether that is put right.',
  definition: {
    name: 'user-frustration',
    instructions: `Is the user frustrated in {{conversation}}, and is that put right by its end?

Signs are: saying the same again because it was not understood, capitals or swearing at the assistant, sarcasm, asking for a person, giving up. Being short, being sad about something else, or reporting a fault soberly is no frustration.
"none": no sign. "resolved": there was a sign, and the last turns show that the user got what was wanted. "unresolved": there was a sign, and it was not put right.
Where the user says nothing, the question does not apply.`,
    value: {
      type: 'categories',
      categories: { none: 1, resolved: 0.6, unresolved: 0 },
      ordinal: true,
    },
    notApplicable: true,
    parameters: {},
  },
  cases: [
    talk('pass', ['Where is my parcel?', 'In Graz.'], ['Thanks!', 'You are welcome.']),
    talk('pass', ['My router is broken.', 'Please press reset.'], ['It works now.', 'Good.']),
    talk(
      'pass',
      ['I said Graz, not Linz!!', 'I am sorry, Graz it is: it leaves at nine.'],
      ['Perfect, thank you.', 'Gladly.'],
    ),
    talk('pass', ['Price?', '12 EUR.'], ['Ok.', 'Anything else?']),
    talk(
      'pass',
      ['My dog died and I must cancel.', 'I am so sorry. It is cancelled without a fee.'],
      ['Thank you.', 'All the best.'],
    ),
    talk(
      'fail',
      ['I said Graz, not Linz!!', 'Trains to Linz leave at eight.'],
      ['FORGET IT.', 'Goodbye.'],
    ),
    talk(
      'fail',
      ['Where is my parcel?', 'What is your number?'],
      ['I told you twice already!', 'What is your number?'],
    ),
    talk(
      'fail',
      ['Great, cancelled again. Well done.', 'You are welcome!'],
      ['That was sarcasm.', 'Thank you for the kind words.'],
    ),
    talk('fail', ['Let me speak to a human.', 'I can help you.'], ['A HUMAN!', 'I can help you.']),
    talk(
      'fail',
      ['This damn thing never works, you idiots.', 'Please restart it.'],
      ['I give up.', 'Have a nice day.'],
    ),
    talk('not applicable', ['', 'Hello, how can I help?']),
    talk('not applicable', ['', 'Are you still there?'], ['', 'Goodbye.']),
  ],
};
