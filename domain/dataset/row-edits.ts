import { canonical } from '../../contracts/canonical.ts';
import type { Example } from '../../contracts/example.ts';
import type { JsonObject } from '../../contracts/json.ts';
import { type Edit, GROUPS } from './edit.ts';

/** The edits that make a row hold what is wanted; none where it does. An empty group is the same as none. */
export function editsTo(
  row: Example,
  wanted: Partial<Pick<Example, (typeof GROUPS)[number]>>,
): readonly Edit[] {
  return GROUPS.flatMap((group): Edit[] => {
    const [before, after]: JsonObject[] = [row[group] ?? {}, wanted[group] ?? {}];
    const at = (key: string) => ({ group, keys: [key] });
    const gone = Object.keys(before!).filter((key) => !Object.hasOwn(after!, key));
    const set = Object.entries(after!).filter(
      ([key, value]) =>
        !Object.hasOwn(before!, key) || canonical(before![key]!) !== canonical(value),
    );
    return [
      ...gone.map((key): Edit => ({ kind: 'unset', field: at(key) })),
      ...set.map(([key, value]): Edit => ({ kind: 'set', field: at(key), value })),
    ];
  });
}
