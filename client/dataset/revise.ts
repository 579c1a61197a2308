import type { Example } from '../../contracts/example.ts';
import type { Json } from '../../contracts/json.ts';
import { splitPolicy } from '../../contracts/spec.ts';
import type { ChangeCounts } from '../../db/data/diff.ts';
import type { PlacedExample } from '../../db/data/examples.ts';
import { reviseAndCompare, type RevisionAnswer } from '../../db/data/revision.ts';
import { remarksOf } from '../../domain/dataset/place.ts';
import type { Cli } from '../cli.ts';
import { placeRows } from '../../operations/dataset/place.ts';
import { count } from '../terminal/figures.ts';

export type { RevisionAnswer } from '../../db/data/revision.ts';

export type Revising = {
  /** A version id, or a dataset for its newest version. */
  readonly base: string;
  /** Dataset of the new version; default that of the base. */
  readonly name?: string;
  readonly gold?: Readonly<Record<string, Json>>;
  readonly pin?: string | undefined;
  readonly revise: (before: readonly PlacedExample[]) => readonly Example[];
};

/** Makes the next version of a dataset and tells what changed. */
export async function revise(cli: Cli, wanted: Revising): Promise<RevisionAnswer> {
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const { pin, ...revision } = wanted;
  const { sealed } = splitPolicy.parse({});
  const place = (examples: readonly Example[], split: Parameters<typeof placeRows>[1]) =>
    placeRows({ examples, pin, sealed }, split);
  return reviseAndCompare(db, { project, ...revision, place }, remarksOf);
}

/** The answer as a person reads it. */
export function revisionText(made: RevisionAnswer): string {
  const { id, from, size, changes, sealedChanges, remarks } = made;
  const sealed = Object.values(sealedChanges).reduce((sum, n) => sum + n, 0);
  const head =
    id === from
      ? `${id} stays as it is: nothing changes.`
      : made.created
        ? `${id} made from ${from}: ${changesText(changes)}; ${count(size, 'row')}.`
        : `${id} has these rows already (${changesText(changes)} from ${from}); name it to use it.`;
  return [
    head,
    ...(sealed === 0 ? [] : [`  of these ${count(sealed, 'row is', 'rows are')} sealed`]),
    ...remarks.map((remark) => `  note: ${remark}`),
  ].join('\n');
}

export const changesText = ({ added, changed, removed }: ChangeCounts): string =>
  `${added.toLocaleString('en')} added, ${changed.toLocaleString('en')} changed, ${removed.toLocaleString('en')} removed`;
