import type { UsageScorer } from '../../contracts/scorer.ts';
import {
  readUsage,
  renderUsageRequest,
  withRelevance,
} from '../../domain/evaluate/usage-prompt.ts';
import { scoreUsage, toolRecords } from '../../domain/evaluate/usage.ts';
import { NOT_APPLICABLE } from '../../contracts/value.ts';
import { modelsOf } from '../deps.ts';
import type { Finding, Job } from './job.ts';
import { traceOf } from './subjects.ts';
import { judgeContext } from './verdict-context.ts';

/** Whether the tools of a case were used as it required: one call for all of them, the rest is read from the spans. */
export async function usageOf(job: Job, scorer: UsageScorer): Promise<Finding> {
  const { deps, run, subject } = job;
  const trace = traceOf(subject);
  const records = toolRecords(trace, scorer);
  if (records.length === 0)
    return {
      value: NOT_APPLICABLE,
      score: null,
      rationale: 'The trace names no such tool: none was offered or used.',
      evidence: {},
    };
  const request = renderUsageRequest({
    scorer,
    model: modelsOf(deps, run).judge,
    records,
    trace,
    inputs: subject.example.inputs,
    outputs: subject.outputs,
  });
  const { value: verdict } = await deps.model.structured(request, judgeContext(job), (json) =>
    readUsage(json, records, scorer),
  );
  const judged = withRelevance(records, verdict);
  const { classes, ...found } = scoreUsage(judged, new Set(verdict.required), scorer);
  return {
    value: found.value,
    score: found.score,
    rationale: `${found.rationale}. ${verdict.rationale}`.trim(),
    evidence: {
      tools: Object.fromEntries(
        judged.map(({ tool, ...record }) => [tool, { ...record, class: classes[tool]! }]),
      ),
    },
  };
}
