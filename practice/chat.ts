import { answerAsAgent } from './agent.ts';
import { consolidate, readGuidelines } from './consolidate.ts';
import { distil, readExamples } from './distill.ts';
import { answerAsJudge, readCase } from './judge.ts';
import { readReflection, reflect } from './reflect.ts';
import type { ChatRequest } from './request.ts';
import { fillSchema } from './schema.ts';
import { nextCall, type ToolCall } from './tools.ts';
import { answerToolsNeeded } from './tools-needed.ts';

export type Reply = { readonly content: string; readonly call: ToolCall | null };

/** The answer to any chat request: a tool call where one is wanted, else a text; what is asked is read from the request alone. */
export function answer(request: ChatRequest): Reply {
  const call = nextCall(request);
  return call === null ? { content: reply(request), call } : { content: '', call };
}

/** The text to any chat request. */
export function reply(request: ChatRequest): string {
  const asked = readCase(request);
  if (asked) return answerAsJudge(request, asked);
  const needed = answerToolsNeeded(request);
  if (needed !== null) return needed;
  const examples = readExamples(request);
  if (examples) return distil(examples);
  const guidelines = readGuidelines(request);
  if (guidelines) return consolidate(guidelines);
  if (request.format.kind === 'schema')
    return JSON.stringify(fillSchema(request.format.schema, request.seed));
  const reflection = readReflection(request);
  if (reflection) return reflect(reflection);
  const said = answerAsAgent(request);
  return request.format.kind === 'json' ? JSON.stringify({ answer: said }) : said;
}
