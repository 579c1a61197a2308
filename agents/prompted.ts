import type { FailureKind } from '../contracts/failure.ts';
import type { JsonObject } from '../contracts/json.ts';
import type { Completion } from '../contracts/model.ts';
import { fillTemplate, variablesOf } from '../contracts/template.ts';
import type { Calls } from './calls.ts';
import type { AgentCall } from './result.ts';

const asText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/**
 * The simplest agent: the prompt with its variables filled is the system message; the inputs it does not name
 * are the user message (the bare text when there is one, else JSON). Outputs: `{ output: <reply> }`.
 */
export async function runPromptAgent(call: AgentCall, calls: Calls): Promise<JsonObject> {
  const name = call.agent.record.prompts[0]!;
  const prompt = call.prompts[name];
  if (prompt === undefined) throw new Error(`the run carries no text for the prompt \`${name}\``);
  const named = new Set(variablesOf(prompt));
  const rest = Object.entries(call.inputs).filter(([key]) => !named.has(key));
  const values = Object.fromEntries(
    Object.entries(call.inputs).map(([key, value]) => [key, asText(value)]),
  );
  const user = rest.length === 1 ? asText(rest[0]![1]) : JSON.stringify(Object.fromEntries(rest));
  const completion = await calls.complete(
    {
      messages: [
        { role: 'system', content: fillTemplate(prompt, values) },
        { role: 'user', content: rest.length === 0 ? 'Answer.' : user },
      ],
    },
    null,
  );
  return outcomeOf(completion);
}

/** The provider gave no answer: what it withheld or left unfinished is not an output. */
export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
  readonly kind = 'refused' satisfies FailureKind;
  readonly retryable = false;
}

/** How a reply ended is a part of the outcome: a cut is told beside the output, and only an answer that is empty on purpose is empty. */
function outcomeOf({ text, finishReason, thinking }: Completion): JsonObject {
  if (finishReason === 'content_filter')
    throw new NoAnswerError(
      "the provider's filter withheld the answer (finish_reason content_filter)",
    );
  const thought = thinking === undefined ? '' : '; there are only thoughts';
  if (text.trim() === '' && finishReason === 'length')
    throw new NoAnswerError(
      `the reply was cut before an answer began (finish_reason length)${thought}: give the model more room for its reply`,
    );
  if (finishReason === 'unanswered')
    throw new NoAnswerError(`the model ended its reply without an answer${thought}`);
  return finishReason === 'length' ? { output: text, cut: true } : { output: text };
}
