import type { BuiltinJudge } from './judge.ts';
import { PASS_OR_FAIL, said } from './parts.ts';

const like = (expected_response: string) => ({ expected_response });

export const equivalence: BuiltinJudge = {
  about: 'The answer and the expected response say the same.',
  definition: {
    name: 'equivalence',
    instructions: `Do the answer in {{outputs}} and the "expected_response" in {{expectations}} say the same in reply to {{inputs}}?

They are equivalent (true) when a reader learns the same from both: the same facts, the same decisions, the same conditions. Wording, order, format, politeness and language do not matter.
They are not (false) when one states, decides or leaves open something that the other does not.
Where <expectations> has no "expected_response", the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    said('pass', 'When do you open?', 'At nine in the morning.', like('We open at 9:00.')),
    said(
      'pass',
      'Is it refundable?',
      'No, you cannot get your money back.',
      like('This fare is non-refundable.'),
    ),
    said('pass', 'Which sizes?', 'L, M and S.', like('S, M, L')),
    said(
      'pass',
      'May I cancel?',
      'Sure! Up to 24 hours before, free of charge.',
      like('Free cancellation until one day before.'),
    ),
    said(
      'pass',
      'Where do you sit?',
      'In Vienna, Austria.',
      like('Our office is in Vienna (Austria).'),
    ),
    said('fail', 'When do you open?', 'At nine on weekdays.', like('We open at 9:00 every day.')),
    said('fail', 'Is it refundable?', 'Yes.', like('This fare is non-refundable.')),
    said('fail', 'Which sizes?', 'S, M, L and XL.', like('S, M, L')),
    said(
      'fail',
      'May I cancel?',
      'Yes, free of charge.',
      like('Free cancellation until one day before.'),
    ),
    said('fail', 'Where do you sit?', 'In Austria.', like('In Vienna and Graz.')),
    said('not applicable', 'When do you open?', 'At nine.'),
    said('not applicable', 'Is it refundable?', 'No.', { expected_facts: ['not refundable'] }),
  ],
};
