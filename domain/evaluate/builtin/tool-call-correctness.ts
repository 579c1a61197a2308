import type { BuiltinJudge } from './judge.ts';
import { called, PASS_OR_FAIL, traced } from './parts.ts';

const PARCEL: readonly [string, string] = ['Where is parcel P-77?', 'In Graz.'];
const MOVE: readonly [string, string] = ['Move my booking B-5 to Friday.', 'Done.'];

export const toolCallCorrectness: BuiltinJudge = {
  about: 'The right tools were called with the right arguments.',
  definition: {
    name: 'tool-call-correctness',
    instructions: `Were the tool calls in {{trace}} right for the request in {{inputs}}?

Look at the spans of the kind tool: their names, their inputs (the arguments) and their outputs. A call is right when the tool serves the request and its arguments follow from the request or from an earlier tool's output. It is wrong when the tool does something that was not asked for, or an argument is made up, taken from the wrong place or left out.
True when every call is right; false when at least one is wrong. A call that fails for a reason outside, or one that was not needed, is not wrong for that alone.
Where no tool was called, the question does not apply.`,
    ...PASS_OR_FAIL,
  },
  cases: [
    traced('pass', PARCEL, called('track_parcel', { id: 'P-77' }, { place: 'Graz' })),
    traced('pass', PARCEL, called('track_parcel', { id: 'P-77' }, { error: 'service is down' })),
    traced(
      'pass',
      MOVE,
      called('get_booking', { id: 'B-5' }, { customer: 'C-9' }),
      called('move_booking', { id: 'B-5', day: 'Friday' }, 'ok'),
    ),
    traced(
      'pass',
      ['What is 17 times 23?', '391'],
      called('calculator', { expression: '17*23' }, 391),
    ),
    traced(
      'pass',
      ['I am C-9, what do I owe?', '12 EUR'],
      called('get_balance', { customer: 'C-9' }, 12),
    ),
    traced('fail', PARCEL, called('track_parcel', { id: 'P-71' }, { place: 'Linz' })),
    traced('fail', PARCEL, called('cancel_parcel', { id: 'P-77' }, 'cancelled')),
    traced('fail', MOVE, called('move_booking', { id: 'B-5', day: 'Thursday' }, 'ok')),
    traced(
      'fail',
      MOVE,
      called('move_booking', { id: 'B-5', day: 'Friday' }, 'ok'),
      called('refund', { id: 'B-5' }, 'ok'),
    ),
    traced('fail', ['What do I owe?', '12 EUR'], called('get_balance', { customer: 'C-1' }, 12)),
    traced('not applicable', PARCEL),
    traced('not applicable', ['Hello', 'Hello!']),
  ],
};
