import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

/** A killed worker's activity is given to the next after one second instead of five: the test kills many. */
export const interceptors: WorkflowInterceptorsFactory = () => ({
  outbound: [
    {
      scheduleActivity: (input, next) =>
        next({ ...input, options: { ...input.options, heartbeatTimeout: '1s' } }),
    },
  ],
});
