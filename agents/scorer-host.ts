import type { AssessmentError } from '../contracts/assessment.ts';
import type { JudgeAnswer, ScorerSubject } from '../contracts/code-scorer.ts';
import type { Json } from '../contracts/json.ts';
import type { CallContext } from '../contracts/model.ts';
import { type CallPorts, createCalls } from './calls.ts';
import { faultOf } from './fault.ts';
import { createIsolation } from './isolation.ts';
import type { LoadedScorer } from './load.ts';
import type { JudgeRequest } from './protocol.ts';
import type { RunnerOptions } from './runner.ts';

/** One output for one code scorer. */
export type ScoreCall = {
  readonly scorer: LoadedScorer;
  readonly subject: ScorerSubject;
  /** Of no trace: names the spans of its calls, which are not kept. */
  readonly traceId: string;
  /** Model of the role `judge`, used where the scorer names none. */
  readonly model: string;
  /** Context of the n-th equal model call of this assessment. */
  readonly context: (n: number) => CallContext;
  /** Answers what the scorer asks of a judge. */
  readonly judge: (asked: JudgeRequest) => Promise<JudgeAnswer>;
};

/** What the function returned, as yet unread; or why there is nothing. */
export type Scored = { readonly returned: Json } | { readonly error: AssessmentError };

export type ScorerHost = {
  /** Gets ready for a scorer while the outputs that it will see are made. */
  prepare(scorer: LoadedScorer): void;
  /** Runs one code scorer. @throws what `ports.fatal` names, such as a spent budget; all else is in the result. */
  score(call: ScoreCall): Promise<Scored>;
  close(): void;
};

/** Runs code scorers in a child process of their own: it lives on between outputs, so that a scorer may keep state. */
export function createScorerHost(ports: CallPorts, options: RunnerOptions): ScorerHost {
  const isolation = createIsolation(options);
  return {
    prepare: ({ file }) => isolation.prepare(file),
    async score({ scorer, subject, judge, ...own }) {
      const { file, exported, timeoutMs } = scorer;
      const task = {
        file,
        exported,
        timeoutMs,
        work: { kind: 'score', subject, options: scorer.options } as const,
      };
      const [ended, calls] = await isolation.run(task, () => createCalls({ ...own, judge }, ports));
      calls.throwFatal(ended.kind);
      if (ended.kind === 'returned') return { returned: ended.outputs['scored'] ?? null };
      const ours = calls.notMeasured();
      if (ours !== null) return { error: ours };
      return { error: faultOf(ended, { who: 'scorer', timeoutMs }) };
    },
    close: () => isolation.close(),
  };
}
