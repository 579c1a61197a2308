import { answerAsAgent } from './agent.ts';
import { consolidate, readGuidelines } from './consolidate.ts';
import { distil, readExamples } from './distill.ts';
import { answerAsJudge, readCase } from './judge.ts';
import { readReflection, reflect } from './reflect.ts';
import type { ChatRequest } from './request.ts';
import { fillSchema } from './schema.ts';

/** The reply to any chat request; what is asked is read from the request alone. */
export function reply(request: ChatRequest): string {
  const asked = readCase(request);
  if (asked) return answerAsJudge(request, asked);
  const examples = readExamples(request);
  if (examples) return distil(examples);
  const guidelines = readGuidelines(request);
  if (guidelines) return consolidate(guidelines);
  if (request.format.kind === 'schema')
    return JSON.stringify(fillSchema(request.format.schema, request.seed));
  const reflection = readReflection(request);
  if (reflection) return reflect(reflection);
  const answer = answerAsAgent(request);
  return request.format.kind === 'json' ? JSON.stringify({ answer }) : answer;
}
