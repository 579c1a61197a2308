import type { BuiltinJudge } from './judge.ts';
import { called, PASS_OR_FAIL, traced } from './parts.ts';

const PARCEL: readonly [string, string] = ['Where is parcel P-77?', 'In Graz.'];
const track = (id: string) => called('track_parcel', { id }, { place: 'Graz' });

export const toolCallEfficiency: BuiltinJudge = {
  about: 'No tool call was superfluous.',
  definition: {
    name: 'tool-call-efficiency',
    instructions: `Did the assistant get by without superfluous tool calls in {{trace}} when it dealt with {{inputs}}?

Look at the spans of the kind tool. A call is superfluous when it repeats an earlier one with the same arguments although that one worked, fetches what nothing later uses, or fetches one by one what a single call could have brought. Trying once more after an error is not superfluous, nor is a check before something that cannot be undone.
True when no call is superfluous; false when at least one is. Whether the arguments are right is not the question.
Where no tool was called, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    traced('pass', PARCEL, track('P-77')),
    traced(
      'pass',
      PARCEL,
      called('track_parcel', { id: 'P-77' }, { error: 'timeout' }),
      track('P-77'),
    ),
    traced('pass', ['Where are P-1 and P-2?', 'Both in Graz.'], track('P-1'), track('P-2')),
    traced(
      'pass',
      ['Delete my account C-9.', 'Done.'],
      called('get_account', { id: 'C-9' }, { owner: 'you' }),
      called('delete_account', { id: 'C-9' }, 'ok'),
    ),
    traced('pass', ['What is 2+2?', '4'], called('calculator', { expression: '2+2' }, 4)),
    traced('fail', PARCEL, track('P-77'), track('P-77')),
    traced('fail', PARCEL, track('P-77'), called('get_weather', { place: 'Graz' }, 'rain')),
    traced('fail', PARCEL, called('list_all_customers', {}, ['...']), track('P-77')),
    traced(
      'fail',
      ['What is 2+2?', '4'],
      called('calculator', { expression: '2+2' }, 4),
      called('calculator', { expression: '2+2' }, 4),
      called('calculator', { expression: '2+2' }, 4),
    ),
    traced('fail', ['Hello', 'Hello!'], called('get_account', {}, null)),
    traced('not applicable', PARCEL),
    traced('not applicable', ['Hello', 'Hello!']),
  ],
};
