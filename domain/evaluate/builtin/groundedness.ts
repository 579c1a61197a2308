import type { BuiltinJudge } from './judge.ts';
import { called, found, PASS_OR_FAIL, traced } from './parts.ts';

const RETURNS = 'Goods can be returned within 30 days. Shoes must not have been worn outdoors.';
const ASKED = 'How long can I return shoes?';

export const groundedness: BuiltinJudge = {
  about: 'The answer says nothing that its sources do not say.',
  definition: {
    name: 'groundedness',
    instructions: `Does the answer in {{outputs}} to {{inputs}} rest on its sources?

The sources are what retrievers and tools brought back in {{trace}} (the outputs of spans of the kinds retriever and tool), and what {{inputs}} itself states. Go through the claims of the answer one by one. A claim rests on the sources when one of them states it or it follows from them at once; greetings, offers of help, and saying that something is not known are no claims.
Grounded (true) when every claim rests on the sources; false when at least one does not, even if it may be true.
Where no retriever or tool brought anything back, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    traced(
      'pass',
      [ASKED, 'Within 30 days, as long as you have not worn them outdoors.'],
      found('return shoes', RETURNS),
    ),
    traced('pass', [ASKED, 'You have 30 days.'], found('return shoes', RETURNS)),
    traced(
      'pass',
      [ASKED, 'I could not find anything on worn sandals, I am sorry.'],
      found('return shoes', RETURNS),
    ),
    traced(
      'pass',
      ['Where is my parcel?', 'It left the depot in Graz this morning.'],
      called('track', { id: 'P1' }, { place: 'Graz depot', event: 'departed', at: 'today 06:10' }),
    ),
    traced(
      'pass',
      ['I am Ana. Is my bill paid?', 'Yes Ana, it was paid on 3 May.'],
      called('bill', { name: 'Ana' }, { paid: '3 May' }),
    ),
    traced('fail', [ASKED, 'Within 60 days.'], found('return shoes', RETURNS)),
    traced(
      'fail',
      [ASKED, 'Within 30 days, and return shipping is free.'],
      found('return shoes', RETURNS),
    ),
    traced(
      'fail',
      ['Where is my parcel?', 'It will be with you tomorrow at noon.'],
      called('track', { id: 'P1' }, { place: 'Graz depot', event: 'departed' }),
    ),
    traced(
      'fail',
      ['Is my bill paid?', 'Yes, it was paid by card.'],
      called('bill', {}, { paid: true }),
    ),
    traced(
      'fail',
      ['Who founded you?', 'Our company was founded by Ida Holm in 1950.'],
      found('founder', 'The company was founded in 1950.'),
    ),
    traced('not applicable', [ASKED, 'Within 30 days.']),
    traced('not applicable', ['Hello', 'Hello, how can I help?']),
  ],
};
