import type { JsonObject } from '../contracts/json.ts';
import type { JudgeDefinition } from '../contracts/judge.ts';
import type { JudgeVersion } from '../contracts/scorer.ts';
import { NOT_APPLICABLE } from '../contracts/value.ts';
import { rulesOf } from '../domain/evaluate/guidelines.ts';
import { fieldsMissing, variablesUsed } from '../domain/evaluate/judge-fields.ts';
import { renderJudgeRequest } from '../domain/evaluate/judge-prompt.ts';
import { readVerdict, type Verdict } from '../domain/evaluate/judge-reply.ts';
import type { Finding, Job } from './job.ts';
import { fieldsOf, NotAssessableError, type Subject } from './subjects.ts';
import { walkTrace } from './trace-walk.ts';
import { judgeContext } from './verdict-context.ts';

/** The verdict of a judge on a subject. */
export async function verdictOn(job: Job, judge: JudgeVersion): Promise<Finding> {
  const { deps, run, subject, shown } = job;
  const { definition } = judge;
  const fields = fieldsOf(subject);
  const rules = rulesOf(definition, subject.example.expectations);
  const silent = whyNotApplicable(definition, { subject, fields, rules });
  if (silent !== null)
    return { value: NOT_APPLICABLE, score: null, rationale: silent, evidence: shown.evidence };
  const lacking = fieldsMissing(definition.instructions, fields);
  if (lacking.length > 0)
    throw new NotAssessableError('no-field', `the case has no ${lacking.join(', no ')} to judge`);
  const walked = definition.trace === undefined ? null : await walkTrace(job, definition, fields);
  const request = renderJudgeRequest({
    definition,
    model: run.spec.models.judge ?? deps.models.judge,
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

type Case = {
  readonly subject: Subject;
  readonly fields: JsonObject;
  readonly rules: readonly string[];
};

/** Why a judge has nothing to say of a case, known without asking it; null where it is asked. */
function whyNotApplicable(definition: JudgeDefinition, at: Case): string | null {
  const used = variablesUsed(definition.instructions);
  if (used.length === 1 && used[0] === 'conversation' && !at.subject.last)
    return 'A conversation is judged once, at its last row.';
  if (definition.exampleGuidelines === true && at.rules.length === 0)
    return 'The example brings no guidelines.';
  const lacking = fieldsMissing(definition.instructions, at.fields);
  return definition.notApplicable && lacking.length > 0
    ? `The case has no ${lacking.join(', no ')}.`
    : null;
}
