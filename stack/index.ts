export { endProcess, waitUntilGone } from './ending.ts';
export {
  PartFailedError,
  ProgramMissingError,
  StackConfigError,
  StackInterruptedError,
  StackRunningError,
} from './errors.ts';
export { type ProcessIdentity, identify, lives } from './identity.ts';
export { type StackInfo, clientEnvironment, readStack } from './info.ts';
export { dataDirOf } from './layout.ts';
export { refuseRunning } from './lock.ts';
export type { PartName, StackEvent } from './part.ts';
export type { OptionalPart } from './parts/programs.ts';
export { type Signals, abortOnSignals } from './signals.ts';
export { type Stack, type StackEnd, type StackOptions, startStack } from './start.ts';
export { type Stopped, resetStack, stopStack } from './stop.ts';
export { type Found, findTemporal, findTestServer } from './temporal/find.ts';
export {
  checkModel,
  type ModelCheck,
  ModelCheckError,
  type ModelFinding,
  modelToCheck,
} from './check-model.ts';
export { type Finding, diagnose } from './diagnose.ts';
