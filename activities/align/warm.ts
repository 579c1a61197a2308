import { changedVariables, variablesOf } from '../../contracts/template.ts';
import * as candidates from '../../db/engines/candidates.ts';
import type { Db } from '../../db/connect.ts';
import { getTexts } from '../../db/versions/texts.ts';
import type { CandidateTexts } from '../../domain/optimize/input.ts';
import { UnfitSpecError } from '../unfit.ts';

/** Earlier candidates that are validated before the search begins, at most. */
const WARM = 5;

type Warm = {
  readonly project: string;
  /** `<name>/<n>` of the earlier search. */
  readonly warmFrom: string;
  /** Texts of this search's prompts, by name. */
  readonly incumbent: Readonly<Record<string, string>>;
};

/**
 * The best candidates of an earlier search, best first, without its seed and without those whose template variables the agent does not
 * fill any more. @throws UnfitSpecError
 */
export async function warmCandidates(
  db: Db,
  { project, warmFrom, incumbent }: Warm,
): Promise<readonly CandidateTexts[]> {
  const pool = await candidates.listCandidates(db, { project, run: `${warmFrom}/optimize` });
  if (pool.length === 0)
    throw new UnfitSpecError([
      `warm start: the search ${warmFrom} has no candidates; see \`attune optimize --list\``,
    ]);
  const wanted = Object.keys(incumbent).sort().join(', ');
  const other = pool.find(({ prompts }) => Object.keys(prompts).sort().join(', ') !== wanted);
  if (other !== undefined)
    throw new UnfitSpecError([
      `warm start: ${warmFrom} tuned ${Object.keys(other.prompts).sort().join(', ')}, this search tunes ${wanted}`,
    ]);
  const hashes = pool.flatMap(({ prompts }) => Object.values(prompts));
  const texts = await getTexts(db, { project, hashes });
  const isFilled = ([name, hash]: readonly [string, string]): boolean => {
    const { lost, added } = changedVariables(
      variablesOf(incumbent[name]!),
      variablesOf(texts[hash]!),
    );
    return lost.length + added.length === 0;
  };
  const best = pool
    .slice(1)
    .filter(({ prompts }) => Object.entries(prompts).every(isFilled))
    .sort((a, b) => (b.validation ?? -1) - (a.validation ?? -1) || a.position - b.position)
    .slice(0, WARM);
  return best.map(({ prompts }) =>
    Object.fromEntries(
      Object.entries(prompts).map(([name, hash]) => [
        name,
        { textHash: hash, length: texts[hash]!.length },
      ]),
    ),
  );
}
