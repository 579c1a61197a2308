import type { Db } from '../../db/connect.ts';
import { type Cycle, getCycle, listCycles } from '../../db/cycles/cycles.ts';
import { NotFoundError } from '../../db/errors.ts';
import { parseReference } from './reference.ts';

type At = { readonly db: Db; readonly project: string };

const LIST = '`npx attune cycle list` shows them';

/** The cycle a person means; without a reference the latest of the project. @throws NotFoundError | InvalidInputError */
export async function findCycle(
  { db, project: own }: At,
  reference: string | undefined,
): Promise<Cycle> {
  if (reference === undefined) {
    const [latest] = await listCycles(db, { project: own });
    if (latest !== undefined) return latest;
    throw new NotFoundError(
      'cycle',
      'latest',
      'start one: npx attune cycle start examples/telecom/cycle.yaml',
    );
  }
  const { project, cycle, number } = parseReference(reference, own);
  const found =
    number === null
      ? (await listCycles(db, { project, cycle }))[0]
      : await getCycle(db, { project, cycle, number }).catch((error: unknown) => {
          throw error instanceof NotFoundError ? missing(reference) : error;
        });
  if (found?.kind === 'cycle') return found;
  throw missing(reference);
}

const missing = (reference: string): NotFoundError => new NotFoundError('cycle', reference, LIST);
