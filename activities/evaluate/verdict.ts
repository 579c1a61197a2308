import type { JudgeVersion } from '../../contracts/scorer.ts';
import { NOT_APPLICABLE } from '../../contracts/value.ts';
import { rulesOf } from '../../domain/evaluate/guidelines.ts';
import { fieldsMissing } from '../../domain/evaluate/judge-fields.ts';
import { renderJudgeRequest } from '../../domain/evaluate/judge-prompt.ts';
import { readVerdict, type Verdict } from '../../domain/evaluate/judge-reply.ts';
import { notApplicableBecause } from '../../domain/evaluate/not-applicable.ts';
import { modelsOf } from '../deps.ts';
import type { Finding, Job } from './job.ts';
import { fieldsOf, NotAssessableError } from './subjects.ts';
import { walkTrace } from './trace-walk.ts';
import { judgeContext } from './verdict-context.ts';

/** The verdict of a judge on a subject. */
export async function verdictOn(job: Job, judge: JudgeVersion): Promise<Finding> {
  const { deps, run, subject, shown } = job;
  const { definition } = judge;
  const fields = fieldsOf(subject);
  const rules = rulesOf(definition, subject.example.expectations);
  const silent = notApplicableBecause(definition, { fields, rules, last: subject.last });
  if (silent !== null)
    return { value: NOT_APPLICABLE, score: null, rationale: silent, evidence: shown.evidence };
  const lacking = fieldsMissing(definition.instructions, fields);
  if (lacking.length > 0)
    throw new NotAssessableError('no-field', `the case has no ${lacking.join(', no ')} to judge`);
  const walked = definition.trace === undefined ? null : await walkTrace(job, definition, fields);
  const request = renderJudgeRequest({
    definition,
    model: modelsOf(deps, run).judge,
    guidelines: [...rules, ...shown.guidelines],
    examples: shown.examples,
    fields: walked === null ? fields : { ...fields, trace: walked.view },
  });
  const { value } = await deps.model.structured(request, judgeContext(job), (json): Verdict =>
    readVerdict(json, definition),
  );
  const evidence = walked === null ? shown.evidence : { ...shown.evidence, trace: walked.evidence };
  return { ...value, evidence };
}
