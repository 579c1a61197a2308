/** A workflow task that dies with its worker is given to another only after this; Temporal's default is twice as long. */
export const TASK_TIMEOUT = '5s';

/** Task queues: workflows and database work, model work, user code. */
export const QUEUE = { main: 'attune', model: 'attune-model', agent: 'attune-agent' } as const;

export const cycleWorkflowId = (project: string, cycle: string, number: number): string =>
  `cycle/${project}/${cycle}/${number}`;

export const searchWorkflowId = (project: string, name: string, number: number): string =>
  `optimize/${project}/${name}/${number}`;

export const alignmentWorkflowId = (project: string, name: string, number: number): string =>
  `align/${project}/${name}/${number}`;

export const driveWorkflowId = (project: string, drive: string, turn: number): string =>
  `drive/${project}/${drive}/${turn}`;

export const watchWorkflowId = (project: string, cycle: string, number: number): string =>
  `watch/${project}/${cycle}/${number}`;

/** Search attribute names and types; workers register them at start. */
export const SEARCH_ATTRIBUTES = {
  AttuneCycle: 'KEYWORD',
  AttunePhase: 'KEYWORD',
  AttuneAgent: 'KEYWORD',
  AttunePrompt: 'KEYWORD',
  AttuneVerdict: 'KEYWORD',
  AttuneScore: 'DOUBLE',
  AttuneSpend: 'DOUBLE',
} as const;
