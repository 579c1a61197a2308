import type { Value } from '../../contracts/value.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import type { TestedItem } from '../../domain/align/align-input.ts';
import { learnedBy, memoryWithout } from '../../domain/align/learned.ts';
import { itemKey } from '../../domain/label/consensus.ts';
import {
  type AlignmentAt,
  planVerdicts,
  testedOf,
  testsOf,
  type Verdicts,
  valuesOf,
} from './verdicts.ts';

/** Name of the run in which the base judge judges what no evaluation of it has. */
const BASE = 'base';

/** Name of the run in which the base judge judges what an engine is tested on, without what it remembers of it. */
const withoutTests = (engine: string): string => `${BASE}/${engine}`;

/** Tells the items that the base judge has in its memory: what it says of them with it is no test of it. */
export const knownToBase = ({ alignment }: Pick<AlignmentAt, 'alignment'>) =>
  learnedBy([alignment.base.memory]);

/**
 * Plans the verdicts of the base judge that the report lacks: on items that it remembers those of a version of it without what
 * their engine is tested on, on others its own where no evaluation has any. What is known is not asked again.
 */
export async function planBase(of: AlignmentAt): Promise<readonly Verdicts[]> {
  const { alignment } = of;
  const isKnown = knownToBase(of);
  const planned: Verdicts[] = [];
  for (const name of Object.keys(alignment.engines)) {
    const tests = testsOf(alignment, name);
    const items = tests.filter(isKnown);
    if (items.length === 0) continue;
    const judge = await baseWithout(of, tests);
    planned.push(await planVerdicts(of, { name: withoutTests(name), judge, items }));
  }
  const open = testedOf(alignment)
    .filter((item) => alignment.kind === 'align' || item.earlier === true)
    .filter((item) => item.base === null && !isKnown(item));
  if (open.length > 0)
    planned.push(await planVerdicts(of, { name: BASE, judge: alignment.base.id, items: open }));
  return planned;
}

/** Id of the base judge without what it remembers of some items. */
async function baseWithout(
  { deps, ref, alignment }: AlignmentAt,
  items: readonly TestedItem[],
): Promise<string> {
  const { definition, memory } = alignment.base;
  const { version } = await createJudgeVersion(deps.db, {
    project: ref.project,
    definition,
    memory: memory && memoryWithout(memory, items),
    kind: 'fold',
  });
  return version.id;
}

/** What stands for the base judge's verdict on an item; null where there is none. */
export async function baseValues(of: AlignmentAt): Promise<(item: TestedItem) => Value | null> {
  const isKnown = knownToBase(of);
  const own = await valuesOf(of, [BASE]);
  const without = await valuesOf(of, Object.keys(of.alignment.engines).map(withoutTests));
  return (item) => {
    const key = itemKey(item);
    const said = isKnown(item) ? without.get(key) : (item.base ?? own.get(key));
    return said ?? null;
  };
}
