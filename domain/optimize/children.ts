import { byGain, judgeProposals, passes } from './accept.ts';
import type { Tested } from './accept.ts';
import { sum } from './entry.ts';
import { charge, scoresOf } from './pairs.ts';
import { drop } from './run.ts';
import type { Run, StageEnd } from './run.ts';
import type { Task } from './state.ts';
import { openValidation } from './validate.ts';
import type { Passed } from './validate.ts';

type Compared = Tested & { readonly parent: number };

/** Compares children with their parents on jointly scored examples and opens the validation of the chosen ones. */
export function finishChildren(run: Run): StageEnd {
  const { search, events } = run;
  const { iteration } = search.round;
  const tasks = search.round.tasks.filter(({ child }) => child !== null);
  for (const task of tasks) {
    const candidate = task.child!;
    task.after = scoresOf(search, { ask: task.childAsk, candidate, ordinals: task.batch });
    events.push({
      kind: 'child_eval',
      iteration,
      parent: task.parent,
      candidate,
      scores: task.after,
    });
  }
  charge(
    run,
    iteration,
    tasks.map(({ childAsk }) => childAsk),
  );
  const proposals = tasks.flatMap((task) => compare(run, task));
  const verdicts = judgeProposals(proposals, search.options);
  proposals.forEach(({ candidate, before, after }, at) => {
    const reason = verdicts[at] ?? null;
    if (reason === null) return;
    search.totals.rejected += 1;
    events.push({ kind: 'reject', iteration, candidate, oldSum: before, newSum: after, reason });
  });
  search.tests.made += proposals.length;
  search.tests.passed += proposals.filter((tested) =>
    passes(search.options.acceptance, tested),
  ).length;
  const chosen = proposals.flatMap((_, at) => (verdicts[at] === null ? [at] : []));
  if (chosen.length === 0) return 'round over';
  // Where the budget may not cover all validations, the greatest gains go first.
  const order = search.options.mends.reserveBudget
    ? byGain(chosen, proposals)
    : orderChosen(run, { chosen, proposals });
  openValidation(
    run,
    order.map((at) => passed(proposals[at]!)),
  );
  return 'go on';
}

// The reference validates in the order its selection strategy returned: by gain for top_k, else by task.
function orderChosen(
  { search }: Run,
  {
    chosen,
    proposals,
  }: { readonly chosen: readonly number[]; readonly proposals: readonly Tested[] },
): readonly number[] {
  return search.options.selection.kind === 'top_k' ? byGain(chosen, proposals) : chosen;
}

const passed = ({ candidate, parent, after }: Compared): Passed => ({
  candidate,
  parents: [parent],
  newSum: after,
  merged: false,
});

function compare(run: Run, task: Task): readonly Compared[] {
  const joint = task.batch.flatMap((_, at) =>
    task.before[at] !== null && task.after[at] !== null ? [at] : [],
  );
  const candidate = task.child!;
  if (joint.length === 0) {
    const detail = 'no example of the minibatch was scored for parent and child';
    const { iteration } = run.search.round;
    drop(run, { iteration, parents: [task.parent], candidate, reason: 'unscored', detail });
    return [];
  }
  const before = sum(joint.map((at) => task.before[at]!));
  const after = sum(joint.map((at) => task.after[at]!));
  return [{ candidate, parent: task.parent, before, after }];
}
