import type { CycleSpec } from './spec.ts';

/** What a run is asked to do: the whole spec of its cycle, or what a run that stands alone needs of one. */
export type RunSpec = Pick<CycleSpec, 'agent' | 'models'> &
  Partial<CycleSpec> & {
    /** The filter that chose the traces whose outputs are judged; those it chose stay the rows of the run. */
    readonly traces?: string;
  };
