import type { BuiltinJudge } from './judge.ts';
import { found, PASS_OR_FAIL, traced } from './parts.ts';

const ASKED: readonly [string, string] = ['How do I descale the kettle?', 'Boil it with vinegar.'];

export const retrievalRelevance: BuiltinJudge = {
  about: 'What was retrieved bears on the request.',
  definition: {
    name: 'retrieval-relevance',
    instructions: `Is what was retrieved in {{trace}} relevant to the request in {{inputs}}?

Look at the outputs of the spans of the kind retriever. A document is relevant when it helps to answer the request, in whole or in part; one that merely shares words with it is not. Say for each document whether it is relevant.
True when at least half of the documents are relevant; else false. What was answered in the end is not the question.
Where nothing was retrieved, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    traced(
      'pass',
      ASKED,
      found(
        'descale kettle',
        'Descaling: fill with one part vinegar and two parts water, boil, wait an hour, rinse.',
      ),
    ),
    traced(
      'pass',
      ASKED,
      found(
        'descale kettle',
        'Limescale in kettles is removed by citric acid.',
        'Never use bleach in a kettle.',
      ),
    ),
    traced(
      'pass',
      ASKED,
      found('descale kettle', 'Descale the kettle every month.', 'Kettle colours: red, black.'),
    ),
    traced('pass', ASKED, found('descale', 'Rinse twice after using vinegar.')),
    traced(
      'pass',
      ['Who may vote?', 'Members.'],
      found('vote', 'Every member over 16 has one vote.'),
    ),
    traced('fail', ASKED, found('descale kettle', 'The kettle drum is tuned with a pedal.')),
    traced(
      'fail',
      ASKED,
      found('descale kettle', 'Kettle colours: red, black.', 'Kettles ship in 3 days.'),
    ),
    traced(
      'fail',
      ASKED,
      found(
        'kettle',
        'Warranty of kettles: two years.',
        'Descale monthly.',
        'Our shop in Graz sells kettles.',
      ),
    ),
    traced('fail', ['Who may vote?', 'Members.'], found('vote', 'The last election was on 4 May.')),
    traced(
      'fail',
      ['How long is the visa valid?', '90 days.'],
      found('visa', 'You can pay with Visa or Mastercard.'),
    ),
    traced('not applicable', ASKED),
    traced('not applicable', ASKED, found('descale kettle')),
  ],
};
