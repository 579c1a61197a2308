import { type Cycle, getCycle, listCycles } from '../../db/cycles/cycles.ts';
import { findCycle as find } from '../../operations/cycle/find.ts';
import type { Cli } from '../cli.ts';
import { NotFoundError } from '../errors.ts';
import { type CycleName, parseReference } from '../../operations/cycle/reference.ts';

/** The cycle a person means; without a reference the latest of the project. @throws NotFoundError | InvalidInputError */
export const findCycle = async (cli: Cli, reference: string | undefined): Promise<Cycle> =>
  find({ db: await cli.connections.database(), project: cli.connections.project }, reference);

type Other = {
  readonly kind: 'align' | 'optimize';
  readonly noun: string;
  /** What shows all of them. */
  readonly list: string;
};

/** The alignment or search a person means: `<name>/<n>`, or `<name>` for its latest. @throws NotFoundError | InvalidInputError */
export async function findOther(
  cli: Cli,
  reference: string,
  { kind, noun, list }: Other,
): Promise<Cycle> {
  const db = await cli.connections.database();
  const words = { head: kind, noun: `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`, list };
  const { project, cycle, number } = parseReference(reference, cli.connections.project, words);
  const found =
    number === null
      ? (await listCycles(db, { project, cycle, kind }))[0]
      : await getCycle(db, { project, cycle, number });
  if (found?.kind === kind) return found;
  throw new NotFoundError(`the ${noun} \`${reference}\``, list);
}

/** The latest cycle of a name, and whether it has ended; null when there is none. */
export async function findLatest(
  cli: Cli,
  cycle: string,
): Promise<{ readonly name: CycleName; readonly ended: boolean } | null> {
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const [latest] = await listCycles(db, { project, cycle });
  return latest === undefined
    ? null
    : { name: { project, cycle, number: latest.number }, ended: latest.state === 'ended' };
}
