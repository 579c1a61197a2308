import type { ReflectAsk } from './ask.ts';
import { chooseComponents } from './component.ts';
import { scored } from './entry.ts';
import type { SkipReason } from './event.ts';
import { askEvaluation, charge, scoresOf } from './pairs.ts';
import { candidateId, drop, idsOf } from './run.ts';
import type { Drop, Run, StageEnd } from './run.ts';
import type { Reflection, Search, Task } from './state.ts';

/** Reads the parents' scores, skips what has nothing to teach, and opens one reflection per component. */
export function finishParents(run: Run): StageEnd {
  const { search, events } = run;
  const { iteration, tasks } = search.round;
  for (const task of tasks) {
    const { candidate } = search.pool[task.parent]!;
    task.before = scoresOf(search, { ask: task.parentAsk, candidate, ordinals: task.batch });
    events.push({ kind: 'parent_eval', iteration, index: task.parent, scores: task.before });
  }
  charge(
    run,
    iteration,
    tasks.map(({ parentAsk }) => parentAsk),
  );
  tasks.forEach((task, k) => {
    task.skipped = skipReason(search, task);
    if (task.skipped === null) openReflections(run, { task, k });
    else events.push({ kind: 'skip', iteration, index: task.parent, reason: task.skipped });
  });
  if (search.open.length === 0) return 'round over';
  search.round.stage = 'reflect';
  return 'go on';
}

/** Reads the proposals, complains once of a bad one, then builds the children and opens their tests. */
export function finishReflections(run: Run): StageEnd {
  const { search, events } = run;
  const { iteration, tasks } = search.round;
  const pending = tasks.flatMap((task) =>
    task.reflections.map((reflection) => ({ task, reflection })),
  );
  for (const { task, reflection } of pending) readProposal(run, { task, reflection });
  if (search.open.length > 0) return 'go on';
  for (const { reflection } of pending)
    events.push({
      kind: 'reflect',
      iteration,
      ask: reflection.ask,
      component: reflection.component,
    });
  for (const task of tasks) propose(run, task);
  tasks.forEach((task, k) => {
    if (task.child === null) return;
    const pairs = {
      iteration,
      candidate: task.child,
      ordinals: task.batch,
      part: 'train',
    } as const;
    task.childAsk = askEvaluation(run, { ...pairs, id: `${iteration}.child.${k}`, cached: false });
    search.stalled.drops = 0;
  });
  if (tasks.every(({ child }) => child === null)) return 'round over';
  search.round.stage = 'children';
  return 'go on';
}

function skipReason({ options }: Search, task: Task): SkipReason | null {
  const scores = scored(task.before);
  if (scores.length === 0) return 'unscored';
  const perfect = scores.every((score) => score >= options.perfectScore);
  return options.skipPerfect && perfect ? 'all_scores_perfect' : null;
}

function openReflections(run: Run, { task, k }: { readonly task: Task; readonly k: number }): void {
  const { search } = run;
  const member = search.pool[task.parent]!;
  const { components } = search;
  const choice = chooseComponents(search.options.module, { components, pointer: member.pointer });
  member.pointer = choice.pointer;
  task.reflections = choice.chosen.map((component, c) => {
    search.totals.reflections += 1;
    const proposal = search.totals.reflections;
    const ask = `${search.round.iteration}.reflect.${k}.${c}`;
    return { component, proposal, ask, attempt: 1, textHash: null, violation: null };
  });
  for (const reflection of task.reflections)
    search.open.push(reflectAsk(search, { task, reflection }));
}

function reflectAsk(
  search: Search,
  { task, reflection }: { readonly task: Task; readonly reflection: Reflection },
): ReflectAsk {
  const { candidate } = search.pool[task.parent]!;
  const measured = task.batch.filter((_, at) => task.before[at] !== null);
  return {
    id: reflection.ask,
    kind: 'reflect',
    iteration: search.round.iteration,
    candidate,
    components: search.candidates[candidate]!,
    component: reflection.component,
    exampleIds: idsOf(search, measured),
    proposal: reflection.proposal,
    attempt: reflection.attempt,
    ...(reflection.violation === null ? {} : { complaint: reflection.violation }),
  };
}

function readProposal(
  { search }: Run,
  { task, reflection }: { readonly task: Task; readonly reflection: Reflection },
): void {
  const answer = search.reflected[reflection.ask];
  // A reflection settled before another one's re-ask brings no new answer.
  if (answer === undefined) return;
  if ('textHash' in answer) {
    reflection.textHash = answer.textHash;
    search.texts[answer.textHash] = answer.length;
    return;
  }
  reflection.violation = answer.violation;
  const hopeless = answer.violation.kind === 'unscored' || reflection.attempt === 2;
  if (hopeless || !search.options.mends.complainOnce) return;
  reflection.attempt = 2;
  reflection.ask = `${reflection.ask}.again`;
  search.open.push(reflectAsk(search, { task, reflection }));
}

function propose(run: Run, task: Task): void {
  const { search, events } = run;
  const { iteration } = search.round;
  if (task.skipped !== null) return;
  const parent = search.pool[task.parent]!.candidate;
  const lost = (dropped: Pick<Drop, 'reason' | 'detail'>): void => {
    search.stalled.drops += 1;
    drop(run, { iteration, parents: [task.parent], candidate: null, ...dropped });
  };
  const taken = task.reflections.filter(({ textHash }) => textHash !== null);
  if (taken.length === 0) {
    const { kind, detail } = task.reflections[0]!.violation!;
    lost({ reason: kind, detail });
    return;
  }
  const texts = Object.fromEntries(taken.map(({ component, textHash }) => [component, textHash!]));
  events.push({ kind: 'propose', iteration, texts });
  const components = { ...search.candidates[parent], ...texts };
  const child = candidateId(components);
  if (search.options.mends.payOnce && search.candidates[child] !== undefined) {
    const detail =
      child === parent ? 'the text did not change' : 'this candidate was tested before';
    lost({ reason: child === parent ? 'unchanged' : 'duplicate', detail });
    return;
  }
  search.candidates[child] = components;
  task.child = child;
}
