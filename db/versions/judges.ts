import type { JudgeDefinition } from '../../contracts/judge.ts';
import { isJudge, type JudgeVersion, whyNotLabelled } from '../../contracts/scorer.ts';
import type { Db } from '../connect.ts';
import { NotFoundError, NotJudgeError } from '../errors.ts';
import { createScorerVersion, findScorer, listScorers, type NewScorer } from './scorers.ts';

/** A new version of a judge, or the one with equal definition and memory. */
export const createJudgeVersion = (
  db: Db,
  fresh: NewScorer<JudgeDefinition>,
): Promise<{ readonly version: JudgeVersion; readonly created: boolean }> =>
  createScorerVersion(db, fresh);

/** By id, or by name for the newest version. @throws NotFoundError | NotJudgeError */
export async function getJudge(
  db: Db,
  at: { readonly project: string; readonly id: string },
): Promise<JudgeVersion> {
  const found = await findScorer(db, at);
  if (found === null) throw new NotFoundError('judge', at.id, 'see `attune judge list`');
  if (isJudge(found)) return found;
  throw new NotJudgeError(at.id, whyNotLabelled(found));
}

/** Versions of one judge, or of all, by name and number; folds, trials and scorers of other kinds are left out. */
export const listJudges = async (
  db: Db,
  at: { readonly project: string; readonly name?: string },
): Promise<readonly JudgeVersion[]> => (await listScorers(db, at)).filter(isJudge);
