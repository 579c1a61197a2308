import { cancelCycle } from './cycle/cancel.ts';
import { approveCycle, rejectCycle } from './cycle/decide.ts';
import { completeLabeling } from './cycle/labeling-complete.ts';
import { listCycles } from './cycle/list.ts';
import { poolCycle } from './cycle/pool.ts';
import { reportCycle } from './cycle/report.ts';
import { resumeCycle } from './cycle/resume.ts';
import { showCycle } from './cycle/show.ts';
import { startCycle } from './cycle/start.ts';
import type { Operation } from './operation.ts';
import { moveAlias } from './prompt/alias.ts';
import { diffPrompts } from './prompt/diff.ts';
import { showHistory } from './prompt/history.ts';
import { listPrompts } from './prompt/list.ts';
import { registerPrompt } from './prompt/register.ts';
import { rollbackAlias } from './prompt/rollback.ts';
import { showPrompt } from './prompt/show.ts';
import { listVersions } from './prompt/versions.ts';

/** Every operation, noun by noun. */
export const OPERATIONS: readonly Operation[] = [
  startCycle,
  resumeCycle,
  poolCycle,
  listCycles,
  showCycle,
  reportCycle,
  completeLabeling,
  approveCycle,
  rejectCycle,
  cancelCycle,
  registerPrompt,
  listPrompts,
  listVersions,
  showPrompt,
  diffPrompts,
  moveAlias,
  showHistory,
  rollbackAlias,
];
