import { objectiveOf, scoreOf } from './entry.ts';
import { OptimizeOptionsError } from './options.ts';
import { askEvaluation, charge } from './pairs.ts';
import { remaining } from './budget.ts';
import { covered, drop, finish, poolMeans, validationRow } from './run.ts';
import type { Run, StageEnd } from './run.ts';
import type { CandidateId } from './ask.ts';
import { addMember } from './validate.ts';

/** Opens the seed's validation pass, and one for each earlier candidate to warm up from that the budget covers. */
export function openSeed(
  run: Run,
  { seed, warm }: { readonly seed: CandidateId; readonly warm: readonly CandidateId[] },
): void {
  const { search } = run;
  const { validation } = search;
  const pass = { iteration: 0, ordinals: validation, part: 'validation', cached: false } as const;
  const ask = askEvaluation(run, { ...pass, id: '0.seed', candidate: seed });
  search.round.additions.push({ candidate: seed, parents: [], newSum: 0, merged: false, ask });
  const step = 2 * search.options.minibatch + validation.length;
  warm.forEach((candidate, k) => {
    if (remaining(search) < validation.length + step) {
      const detail = 'no budget to validate an earlier candidate';
      drop(run, { iteration: 0, parents: [], candidate, reason: 'budget', detail });
      return;
    }
    const opened = askEvaluation(run, { ...pass, id: `0.warm.${k}`, candidate });
    search.round.additions.push({ candidate, parents: [], newSum: 0, merged: false, ask: opened });
  });
}

/** Takes the seed (and warm candidates) into the pool, or ends the search where the seed cannot be measured or beaten. */
export function finishSeed(run: Run): StageEnd {
  const { search, events } = run;
  const [seed, ...warm] = search.round.additions;
  const { candidate, ask } = seed!;
  search.totals.rollouts += ask === null ? 0 : (search.charges[ask] ?? 0);
  search.totals.validations += 1;
  const results = search.options.mends.payOnce ? candidate : 'v0';
  if (results !== candidate) search.results[results] = { ...search.inbox[ask ?? ''] };
  search.pool.push({ candidate, parents: [], results, discovery: 0, pointer: 0 });
  const member = search.pool[0]!;
  const scores = validationRow(search, member).map(scoreOf);
  const mean = covered(search, member) === 0 ? null : poolMeans(search)[0]!;
  events.push({ kind: 'seed', iteration: 0, scores, mean });
  const least = Math.max(search.options.coverage * scores.length, 1);
  if (covered(search, member) < least && search.options.mends.leaveOutUnscored) {
    const detail = `the seed was scored on ${covered(search, member)} of ${scores.length} validation examples`;
    finish(run, 'unscored', detail);
    return 'go on';
  }
  refuseMissingObjectives(run);
  for (const addition of warm) {
    charge(run, 0, [addition.ask]);
    addMember(run, addition);
  }
  if (mean !== null && mean >= search.options.perfectScore && search.options.mends.pairedFinalist) {
    finish(
      run,
      'perfect',
      `the incumbent is perfect on validation (mean ${mean}): nothing can exceed it`,
    );
    return 'go on';
  }
  return 'round over';
}

function refuseMissingObjectives({ search }: Run): void {
  const { frontier, objectives } = search.options;
  if (frontier === 'instance') return;
  const row = validationRow(search, search.pool[0]!);
  const missing = objectives.filter((_, k) => row.every((entry) => objectiveOf(entry, k) === null));
  if (missing.length > 0)
    throw new OptimizeOptionsError(
      'frontier',
      `the ${frontier} frontier needs the objective scores ${missing.join(', ')}, but the seed's evaluation ` +
        `brought none; return them with each score or use the instance frontier`,
    );
}
