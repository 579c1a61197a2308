import type { CallContext } from '../../contracts/model.ts';
import type { Job } from './job.ts';

/** The draw names the run alone: what is equal byte for byte is asked once in it. Tests of judges share theirs: who tests again pays for what is new. */
export const judgeContext = ({ run, signal }: Pick<Job, 'run' | 'signal'>): CallContext => ({
  purpose: 'judge',
  draw: `judge|${run.kind === 'judge-test' ? run.kind : run.name}|0${run.attempt === 0 ? '' : `|attempt-${run.attempt}`}`,
  project: run.project,
  cycle: run.payer,
  signal,
});
