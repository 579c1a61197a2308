import { isJsonObject, type Json } from '../../contracts/json.ts';
import { NOT_APPLICABLE, type Value, type ValueType } from '../../contracts/value.ts';
import { fitsType, scoreOf } from './scale.ts';
import { shortenText } from './shorten.ts';
import { describeValue } from './value-text.ts';

/** What a code scorer said, or why that is no value of its type. */
export type CodeReading =
  | { readonly value: Value; readonly score: number | null; readonly rationale: string | null }
  | { readonly fault: string };

/** Reads what a code scorer returned: a value, `{ value, rationale }`, or null for not applicable. Nothing is converted. */
export function readCodeVerdict(returned: Json, type: ValueType): CodeReading {
  const said = isJsonObject(returned) ? returned : { value: returned };
  const value = said['value'] ?? null;
  const rationale = typeof said['rationale'] === 'string' ? said['rationale'] : null;
  if (value === null || value === NOT_APPLICABLE)
    return { value: NOT_APPLICABLE, score: null, rationale };
  if (!fitsType(type, value)) {
    const shown = shortenText(JSON.stringify(returned), 200);
    return {
      fault: `the scorer returned ${shown}; its declared value is ${describeValue({ value: type, notApplicable: true })} (null)`,
    };
  }
  return { value, score: scoreOf(type, value), rationale };
}
