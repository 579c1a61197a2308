import { type Edit, type FieldPath, fieldPath, GROUPS } from '../../domain/dataset/edit.ts';
import { jsonValue } from '../../contracts/json.ts';
import { type Fault, InvalidInputError } from '../../contracts/invalid-input.ts';
import { readJson } from '../../contracts/read-json.ts';

export type EditOptions = { readonly set: readonly string[]; readonly unset: readonly string[] };

/**
 * Edits from `--set field=value` and `--unset field`. A value is JSON, or a text where it is none; of a tag always a text.
 * @throws InvalidInputError
 */
export function editsOf({ set, unset }: EditOptions): readonly Edit[] {
  const faults: Fault[] = [];
  const field = (option: string, text: string): FieldPath | null => {
    const path = fieldPath(text);
    if (path === null)
      faults.push({
        at: option,
        message: `\`${text}\` is no field of a row; use ${GROUPS.map((group) => `${group}.x`).join(', ')}`,
      });
    return path;
  };
  const edits: Edit[] = [];
  for (const text of set) {
    const at = text.indexOf('=');
    if (at < 1) {
      faults.push({ at: '--set', message: `\`${text}\` is not field=value` });
      continue;
    }
    const path = field('--set', text.slice(0, at));
    const value = text.slice(at + 1);
    if (path !== null)
      edits.push({
        kind: 'set',
        field: path,
        value: path.group === 'tags' ? value : valueOf(value),
      });
  }
  for (const text of unset) {
    const path = field('--unset', text);
    if (path !== null) edits.push({ kind: 'unset', field: path });
  }
  if (faults.length > 0) throw new InvalidInputError(faults);
  return edits;
}

/** Tags from `--set lang=en` and `--unset lang`: the edits of a row's tags. */
export const tagEditsOf = ({ set, unset }: EditOptions): readonly Edit[] =>
  editsOf({ set: set.map((text) => `tags.${text}`), unset: unset.map((text) => `tags.${text}`) });

function valueOf(text: string) {
  try {
    return jsonValue.parse(readJson(text));
  } catch {
    return text;
  }
}
