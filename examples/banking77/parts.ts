import type { Part } from '../../contracts/part.ts';
import { joinNearDuplicates } from '../../domain/promote/near-duplicates.ts';
import { createRandom } from '../../domain/random.ts';
import type { Row } from './rows.ts';

/** Share of the rows in each part: of 800 rows 140, 80, 130, 90 and 360. */
const SHARES: Readonly<Record<Part, number>> = {
  'align-labels': 0.175,
  'judge-test': 0.1,
  train: 0.1625,
  validation: 0.1125,
  sealed: 0.45,
};

/** The part of each row by id: drawn by seed, near-duplicates together, so that no pin is overruled at import. */
export function partsOf(rows: readonly Row[], seed: number): Readonly<Record<string, Part>> {
  const parts: Record<string, Part> = {};
  const left = new Map(
    (Object.keys(SHARES) as Part[]).map((part) => [part, SHARES[part] * rows.length]),
  );
  for (const group of largestFirst(createRandom(seed).shuffle(groupsOf(rows)))) {
    const part = emptiest(left, rows.length);
    left.set(part, left.get(part)! - group.length);
    for (const { id } of group) parts[id] = part;
  }
  return parts;
}

/** The part that lacks the greatest share of its rows. */
function emptiest(left: ReadonlyMap<Part, number>, total: number): Part {
  const [first, ...others] = [...left].map(([part, count]) => ({
    part,
    lacks: count / (SHARES[part] * total),
  }));
  return others.reduce((most, next) => (next.lacks > most.lacks ? next : most), first!).part;
}

const largestFirst = (groups: readonly (readonly Row[])[]): readonly (readonly Row[])[] =>
  [...groups].sort((a, b) => b.length - a.length);

function groupsOf(rows: readonly Row[]): readonly (readonly Row[])[] {
  const texts = rows.map(({ query }, owner) => ({ owner, text: query }));
  const { find } = joinNearDuplicates(texts, rows.length);
  const groups = new Map<number, Row[]>();
  for (const [at, row] of rows.entries()) {
    const root = find(at);
    groups.set(root, [...(groups.get(root) ?? []), row]);
  }
  return [...groups.values()];
}
