import type { BuiltinJudge, Expected } from './judge.ts';
import { PASS_OR_FAIL } from './parts.ts';

const TEXT =
  'The town council met on Tuesday. It voted seven to two to close Bridge Street to cars from June. Shopkeepers asked for a trial of six months; the council agreed to look at the figures in December. The cost of 40,000 is paid from the road fund.';

const summary = (expect: Expected, text: string, document = TEXT) => ({
  expect,
  inputs: { task: 'Summarise the text.', text: document },
  outputs: { summary: text },
});

export const summarization: BuiltinJudge = {
  about: 'A summary that keeps what matters and adds nothing.',
  definition: {
    name: 'summarization',
    instructions: `Is {{outputs}} a good summary of the text in {{inputs}}?

It must be faithful: everything it says is said by the text, with the same figures, names and conditions. It must keep what matters: a reader who knows only the summary knows the main points and is not misled by what is left out. It must be clearly shorter than the text.
Good (true) when all three hold; else false, and the rationale names the one that fails.
Where {{inputs}} holds no text to be summarised, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    summary(
      'pass',
      'The council voted 7 to 2 to close Bridge Street to cars from June, at a cost of 40,000 from the road fund, and will review the figures in December after shopkeepers asked for a trial.',
    ),
    summary(
      'pass',
      'Bridge Street will be closed to cars from June; the council decides on the figures in December, as shopkeepers wanted a trial.',
    ),
    summary('pass', 'Council: no cars in Bridge Street from June (7:2), review in December.'),
    summary(
      'pass',
      'From June Bridge Street is car-free. The 40,000 come from the road fund; in December the council looks at the figures.',
    ),
    summary(
      'pass',
      'On Tuesday a clear majority of the council closed Bridge Street to cars as of June and promised shopkeepers a look at the figures in December.',
    ),
    summary('fail', 'The council closed Bridge Street to cars from July.'),
    summary('fail', 'The council met on Tuesday.'),
    summary('fail', 'The council unanimously closed Bridge Street to cars for good.'),
    summary(
      'fail',
      'Bridge Street is closed from June, which will ruin the shops and please cyclists.',
    ),
    summary('fail', TEXT),
    summary('not applicable', 'There is nothing to summarise.', ''),
    { expect: 'not applicable', inputs: { task: 'Say hello.' }, outputs: { summary: 'Hello.' } },
  ],
};
