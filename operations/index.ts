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
  registerPrompt,
  listPrompts,
  listVersions,
  showPrompt,
  diffPrompts,
  moveAlias,
  showHistory,
  rollbackAlias,
];
