import * as candidates from '../db/candidates.ts';
import type { Db } from '../db/connect.ts';
import { getTexts } from '../db/texts.ts';
import type { CandidateTexts } from '../domain/optimize/input.ts';
import { RefusedError } from './refused.ts';

/** Earlier candidates that are validated before the search begins, at most. */
const WARM = 5;

type Warm = {
  readonly project: string;
  /** `<name>/<n>` of the earlier search. */
  readonly warmFrom: string;
  /** Prompts of this search. */
  readonly names: readonly string[];
};

/** The best candidates of an earlier search, best first, without its seed. @throws RefusedError */
export async function warmCandidates(
  db: Db,
  { project, warmFrom, names }: Warm,
): Promise<readonly CandidateTexts[]> {
  const pool = await candidates.listCandidates(db, { project, run: `${warmFrom}/optimize` });
  if (pool.length === 0)
    throw new RefusedError([
      `warm start: the search ${warmFrom} has no candidates; see \`attune optimize --list\``,
    ]);
  const wanted = [...names].sort().join(', ');
  const other = pool.find(({ prompts }) => Object.keys(prompts).sort().join(', ') !== wanted);
  if (other !== undefined)
    throw new RefusedError([
      `warm start: ${warmFrom} tuned ${Object.keys(other.prompts).sort().join(', ')}, this search tunes ${wanted}`,
    ]);
  const best = pool
    .slice(1)
    .sort((a, b) => (b.validation ?? -1) - (a.validation ?? -1) || a.position - b.position)
    .slice(0, WARM);
  const hashes = best.flatMap(({ prompts }) => Object.values(prompts));
  const texts = await getTexts(db, { project, hashes });
  return best.map(({ prompts }) =>
    Object.fromEntries(
      Object.entries(prompts).map(([name, hash]) => [
        name,
        { textHash: hash, length: texts[hash]!.length },
      ]),
    ),
  );
}
