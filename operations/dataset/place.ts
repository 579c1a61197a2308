import { type Placement, type Placing, placeRows as placed } from '../../domain/dataset/place.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';

/** Places the conversations of rows for ever. @throws PinError | InvalidInputError for a pin against a part that is settled */
export function placeRows(rows: Placing, split: Parameters<typeof placed>[1]): Placement {
  const change = placed(rows, split);
  refuseLatePins(change);
  return change;
}

function refuseLatePins({ refusedPins }: Placement): void {
  if (refusedPins.length === 0) return;
  throw new InvalidInputError(
    refusedPins.map(({ conversation, part, pin }) => ({
      at: `conversation ${conversation}`,
      message: `is pinned to ${pin}, but is in ${part} since its first import; parts are for ever`,
    })),
    'Nothing was imported. Leave the pin out, or import under another project.',
  );
}
