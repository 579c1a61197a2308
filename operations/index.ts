import { cancelCycle } from './cycle/cancel.ts';
import { approveCycle, rejectCycle } from './cycle/decide.ts';
import { completeLabeling } from './cycle/labeling-complete.ts';
import { listCycles } from './cycle/list.ts';
import { poolCycle } from './cycle/pool.ts';
import { reportCycle } from './cycle/report.ts';
import { resumeCycle } from './cycle/resume.ts';
import { showCycle } from './cycle/show.ts';
import { startCycle } from './cycle/start.ts';
import { createJudge } from './judge/create.ts';
import { diffJudges } from './judge/diff.ts';
import { listJudges } from './judge/list.ts';
import { showJudge } from './judge/show.ts';
import { unalignJudge } from './judge/unalign.ts';
import { adjudicate } from './label/adjudicate.ts';
import { closeSession } from './label/close.ts';
import { createSession } from './label/create.ts';
import { exportLabels } from './label/export.ts';
import { giveFeedback } from './label/feedback.ts';
import { listItems } from './label/items.ts';
import { listLinks, makeLinks, revokeLinks } from './label/links.ts';
import { listSessions } from './label/list.ts';
import { importLabels } from './label/record.ts';
import { showSession } from './label/show.ts';
import type { Operation } from './operation.ts';
import { moveAlias } from './prompt/alias.ts';
import { diffPrompts } from './prompt/diff.ts';
import { showHistory } from './prompt/history.ts';
import { listPrompts } from './prompt/list.ts';
import { registerPrompt } from './prompt/register.ts';
import { rollbackAlias } from './prompt/rollback.ts';
import { showPrompt } from './prompt/show.ts';
import { listVersions } from './prompt/versions.ts';
import { listWatches } from './watch/list.ts';
import { recordTraffic } from './watch/record.ts';
import { showWatch } from './watch/show.ts';
import { startWatch } from './watch/start.ts';
import { stopWatch } from './watch/stop.ts';

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
  createJudge,
  listJudges,
  showJudge,
  diffJudges,
  unalignJudge,
  createSession,
  listSessions,
  showSession,
  listItems,
  closeSession,
  adjudicate,
  listLinks,
  makeLinks,
  revokeLinks,
  importLabels,
  exportLabels,
  giveFeedback,
  registerPrompt,
  listPrompts,
  listVersions,
  showPrompt,
  diffPrompts,
  moveAlias,
  showHistory,
  rollbackAlias,
  startWatch,
  showWatch,
  listWatches,
  recordTraffic,
  stopWatch,
];
