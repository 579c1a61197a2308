export { alignmentWorkflow, alignWorkflow } from './align.ts';
export { cycleWorkflow } from './cycle.ts';
export { driveWorkflow } from './drive.ts';
export { evaluateShardWorkflow, evaluateWorkflow } from './evaluate.ts';
export { labelWorkflow } from './label.ts';
export { optimizeWorkflow } from './optimize.ts';
export { measureWorkflow, promoteWorkflow } from './promote.ts';
export { searchWorkflow } from './search.ts';
export { watchWorkflow } from './watch.ts';
