import { meanOf, objectiveOf, scoreOf } from './entry.ts';
import type { Entry } from './entry.ts';
import type { Frontier } from './options.ts';

/** One front: its key as in the reference (`[id]`, `[objective]`, `['val_id', id]`, ...) and its members, ascending. */
export type Front = { readonly key: readonly string[]; readonly members: readonly number[] };

export type Measured = {
  readonly frontier: Frontier;
  readonly validation: readonly string[];
  readonly objectives: readonly string[];
  /** The validation entries of each member of the pool, in the order of `validation`. */
  readonly entries: readonly (readonly (Entry | undefined)[])[];
};

/** The Pareto fronts of the pool: on each key the members with the highest score; unscored ones are not on it. */
export function frontsOf(measured: Measured): readonly Front[] {
  const { frontier, validation, objectives } = measured;
  if (frontier === 'instance') return instances(measured, (id) => [id]);
  if (frontier === 'objective') return aggregates(measured, (name) => [name]);
  if (frontier === 'hybrid')
    return [
      ...instances(measured, (id) => ['val_id', id]),
      ...aggregates(measured, (name) => ['objective', name]),
    ];
  return validation.flatMap((id, at) =>
    objectives.map((name, k) => ({
      key: ['cartesian', id, name],
      members: leaders(measured.entries.map((row) => objectiveOf(row[at], k))),
    })),
  );
}

/** The mean of one objective over the validation entries of one member. */
export const objectiveMean = (row: readonly (Entry | undefined)[], k: number): number | null =>
  meanOf(row.map((entry) => objectiveOf(entry, k)));

type Key = (name: string) => readonly string[];

const instances = ({ validation, entries }: Measured, key: Key): readonly Front[] =>
  validation.map((id, at) => ({
    key: key(id),
    members: leaders(entries.map((row) => scoreOf(row[at]))),
  }));

const aggregates = ({ objectives, entries }: Measured, key: Key): readonly Front[] =>
  objectives.map((name, k) => ({
    key: key(name),
    members: leaders(entries.map((row) => objectiveMean(row, k))),
  }));

function leaders(values: readonly (number | null)[]): readonly number[] {
  const top = values.reduce<number>((best, value) => Math.max(best, value ?? -Infinity), -Infinity);
  return values.flatMap((value, index) => (value !== null && value === top ? [index] : []));
}
