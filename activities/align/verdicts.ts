import type { Value } from '../../contracts/value.ts';
import { recordedOf, type TestedItem } from '../../domain/align/align-input.ts';
import { itemKey } from '../../domain/label/consensus.ts';
import * as runs from '../../db/runs/runs.ts';
import { type Alignment } from './prepare.ts';
import { type ActivityDeps, type CycleRef, prefixOf } from '../deps.ts';
import { openRun } from '../evaluate/measure.ts';

/** A run in which one judge judges labelled items, and its length. */
export type Verdicts = { readonly run: string; readonly total: number };

/** Where verdicts of an alignment are planned and read. */
export type AlignmentAt = {
  readonly deps: ActivityDeps;
  readonly ref: CycleRef;
  readonly alignment: Alignment;
};

/** The run of a name: that of an engine, or one of the base judge's. */
export const verdictsRun = (ref: CycleRef, name: string): string =>
  `${prefixOf(ref)}/${name}/verdicts`;

/** Plans what a judge is to say of items; what is planned already is planned once. */
export async function planVerdicts(
  { deps, ref, alignment }: AlignmentAt,
  of: { readonly name: string; readonly judge: string; readonly items: readonly TestedItem[] },
): Promise<Verdicts> {
  const run = verdictsRun(ref, of.name);
  const kind = alignment.kind === 'align' ? 'judge-test' : 'verdicts';
  await openRun(deps.db, ref, { name: run, kind, scorers: [of.judge] });
  await runs.addArmOfHashes(deps.db, { project: ref.project, run, arm: 'recorded', prompts: {} });
  const cells = runs.recordedCells(of.items.map(recordedOf));
  const { to } = await runs.planRollouts(deps.db, { project: ref.project, run, cells });
  return { run, total: to };
}

/** What judges said in the runs of some names, by item; verdicts that failed are left out. */
export async function valuesOf(
  { deps, ref }: AlignmentAt,
  names: readonly string[],
): Promise<ReadonlyMap<string, Value>> {
  const values = new Map<string, Value>();
  for (const name of names) {
    const at = { project: ref.project, run: verdictsRun(ref, name) };
    for (const { example, outputHash, assessment } of await runs.loadScores(deps.db, at))
      if (assessment?.value != null && outputHash !== null)
        values.set(itemKey({ example, outputHash }), assessment.value);
  }
  return values;
}

/** Items that an engine did not learn from. */
export function testsOf({ engines, items }: Alignment, name: string): readonly TestedItem[] {
  const tests = new Set(engines[name]!.test);
  return items.filter((item) => tests.has(itemKey(item)));
}

/** Items that some engine did not learn from. */
export function testedOf({ engines, items }: Alignment): readonly TestedItem[] {
  const tested = new Set(Object.values(engines).flatMap(({ test }) => test));
  return items.filter((item) => tested.has(itemKey(item)));
}
