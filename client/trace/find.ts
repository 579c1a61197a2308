import { completeTraceId } from '../../db/traces/search.ts';
import type { Cli } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { NotFoundError } from '../errors.ts';

const SHORTEST = 8;
const SHOWN = 4;

/** The id of a trace from its first characters. @throws NotFoundError | InvalidInputError where they name none, or several */
export async function wholeId(cli: Cli, start: string): Promise<string> {
  const { project } = cli.connections;
  const db = await cli.connections.database();
  const ids = await completeTraceId(db, { project, start, limit: SHOWN + 1 });
  const [only, ...others] = ids;
  const at = `trace \`${start}\``;
  if (only === start) return only;
  if (start.length < SHORTEST)
    throw new InvalidInputError([
      { at, message: `write at least ${SHORTEST} characters of an id` },
    ]);
  if (only === undefined)
    throw new NotFoundError(`the ${at}`, '`npx attune trace search` shows them.');
  if (others.length === 0) return only;
  const more = ids.length > SHOWN ? ' and more' : '';
  const message = `several begin so: ${ids.slice(0, SHOWN).join(', ')}${more}`;
  throw new InvalidInputError([{ at, message }]);
}
