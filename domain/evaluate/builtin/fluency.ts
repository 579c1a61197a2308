import type { BuiltinJudge } from './judge.ts';
import { said } from './parts.ts';

const ASKED = 'Where can I park?';

export const fluency: BuiltinJudge = {
  about: 'The answer reads well: 1 (hardly readable) to 5 (without a fault).',
  definition: {
    name: 'fluency',
    instructions: `How well does the answer in {{outputs}} read?

5: faultless, as a careful native writer would put it. 4: a slip that nobody stumbles over. 3: readable, with faults that a reader notices. 2: must be read twice. 1: hardly to be understood, broken off, or a heap of words.
Judge grammar, spelling and flow in the language that the answer is written in. Whether it is right, long enough or polite is not the question; lists and short answers are fine.
Where there is no text to read, the question does not apply.`,
    value: { type: 'integer', min: 1, max: 5 },
    notApplicable: true,
    parameters: {},
  },
  cases: [
    said('pass', ASKED, 'You can park behind the house; the first two hours are free.'),
    said('pass', ASKED, 'Behind the house.'),
    said(
      'pass',
      ASKED,
      'There are three car parks:\n- North, 200 places\n- South, 80 places\n- Mill Lane, 40 places',
    ),
    said('pass', ASKED, 'Sie können hinter dem Haus parken; die ersten zwei Stunden sind frei.'),
    said('pass', ASKED, 'I am afraid there is no car park nearby, but the tram stops at our door.'),
    said('fail', ASKED, 'Park behind you the can house free hours is two.'),
    said('fail', ASKED, 'yes car house behind is parking go there is'),
    said('fail', ASKED, 'You can park behind the the the the the'),
    said('fail', ASKED, 'Th3 p4rk1ng iz b hind d hauze n iz fr33 4 2 hrz k'),
    said(
      'fail',
      ASKED,
      'Parking it being behind of house where cars, and for free, which hours two they were.',
    ),
    said('not applicable', ASKED, ''),
    said('not applicable', ASKED, '   '),
  ],
};
