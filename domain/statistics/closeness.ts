import type { Value, ValueType } from '../../contracts/value.ts';
import { isScale, placeOf } from '../evaluate/scale.ts';
import { agrees } from '../align/units.ts';

/** How near a judge's value is to a person's, in [0, 1]: 1 is the same; on a scale the distance counts, elsewhere all else is 0. */
export function closeness(type: ValueType, values: readonly [Value, Value]): number {
  if (agrees(type, values)) return 1;
  if (!isScale(type)) return 0;
  const [a, b] = values.map((value) => placeOf(type, value));
  const span = spanOf(type);
  return a == null || b == null || span === 0 ? 0 : Math.max(0, 1 - Math.abs(a - b) / span);
}

function spanOf(type: ValueType): number {
  if (type.type === 'integer' || type.type === 'number') return type.max - type.min;
  return type.type === 'categories' ? Object.keys(type.categories).length - 1 : 0;
}
