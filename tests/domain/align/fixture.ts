import { judgeDefinition, type Snapshot } from '../../../contracts/judge.ts';
import type { Value } from '../../../contracts/value.ts';
import { buildSnapshots, type LabelledItem } from '../../../domain/align/snapshot.ts';

export const routing = judgeDefinition.parse({
  name: 'routing',
  instructions: 'Is {{outputs}} the right route for {{inputs}}?',
  value: { type: 'boolean' },
});

export const yesNo = routing.value;

type Rated = { readonly rater?: string; readonly value: Value; readonly rationale?: string };

/** An item named `e<at>` with the labels of its raters. */
export function labelled(at: number, ...labels: readonly Rated[]): LabelledItem {
  const [example, outputHash] = [`e${String(at).padStart(5, '0')}`, `h${at}`];
  return {
    example,
    outputHash,
    conversation: `c${at}`,
    fields: { inputs: { message: `message ${at}` }, outputs: { route: 'billing' } },
    labels: labels.map(({ rater = 'ann', value, rationale = `reason ${at}` }) => ({
      example,
      outputHash,
      rater,
      value,
      rationale,
      createdAt: '2026-01-01T00:00:00.000Z',
    })),
  };
}

/** Snapshots of items 0 to n - 1; every third is false. */
export function snapshotsOf(n: number): readonly Snapshot[] {
  const items = Array.from({ length: n }, (_, at) => labelled(at, { value: at % 3 !== 0 }));
  return buildSnapshots(routing, items).snapshots;
}
