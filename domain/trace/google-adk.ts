import { isJsonObject, type Json, type JsonObject } from '../../contracts/json.ts';
import { number, text, type Told, usage } from './convention.ts';
import { parsed, structured } from './json-text.ts';
import { messagesOf, replyOf } from './messages.ts';
import type { RawSpan } from './raw-span.ts';

const OWN = 'gcp.vertex.agent.';

/** Google's Agent Development Kit: `gcp.vertex.agent.llm_request`, `.llm_response`, `.tool_call_args`, `.tool_response`, `.session_id`. */
export function googleAdk({ attributes }: RawSpan): Told {
  const [request, response] = [own(attributes, 'llm_request'), own(attributes, 'llm_response')];
  const counts = isJsonObject(response) ? response['usage_metadata'] : undefined;
  const tokens: JsonObject = isJsonObject(counts) ? counts : {};
  const isTool = attributes[`${OWN}tool_call_args`] !== undefined;
  return {
    kind: isTool ? 'tool' : isJsonObject(request) ? 'model' : undefined,
    name: isTool ? text(attributes, 'gen_ai.tool.name') : undefined,
    inputs: own(attributes, 'tool_call_args') ?? asked(request),
    outputs:
      own(attributes, 'tool_response') ??
      (isJsonObject(response) && isJsonObject(response['content'])
        ? replyOf(messagesOf([response['content']]))
        : undefined),
    usage: usage(
      number(tokens, 'prompt_token_count', 'promptTokenCount'),
      number(tokens, 'candidates_token_count', 'candidatesTokenCount'),
    ),
    session: text(attributes, `${OWN}session_id`),
  };
}

/** What is not recorded is `{}` there. */
function own(attributes: JsonObject, name: string): Json | undefined {
  const given = attributes[`${OWN}${name}`];
  const value = typeof given === 'string' ? parsed(given) : given;
  const isNothing =
    isJsonObject(value) && Object.keys(value).length === 0 && name.startsWith('llm_');
  return isNothing ? undefined : value;
}

function asked(request: Json | undefined): Json | undefined {
  if (!isJsonObject(request) || request['contents'] === undefined) return undefined;
  const config = isJsonObject(request['config']) ? request['config'] : {};
  const system = structured(config['system_instruction']);
  const first = typeof system === 'string' ? [{ role: 'system', content: system }] : [];
  return [...first, ...messagesOf(request['contents'])];
}
