import { type Body, J, refuses, says, type Reply } from '../../llm/openai/impolite.ts';
import type { Profile, Said } from './profile.ts';

const plain = ({ text, calls }: Said, usage?: unknown): Reply =>
  says(text, {
    ...(calls === null
      ? {}
      : { message: { tool_calls: calls }, choice: { finish_reason: 'tool_calls' } }),
    ...(usage === undefined ? {} : { usage }),
  });

const withRole = (body: Body, from: string, to: string): Body => ({
  ...body,
  messages: (body['messages'] as { role: string }[]).map((message) =>
    message.role === from ? { ...message, role: to } : message,
  ),
});

/** A model reads a schema in words as well: the practice model reads it in its field alone. */
function readsWords(body: Body): object {
  const found = /It fits this JSON schema:\n(\{.*\})/.exec(
    (body['messages'] as { content: string }[])[0]!.content,
  );
  if (found === null) return body;
  const schema = JSON.parse(found[1]!) as object;
  return { ...body, response_format: { type: 'json_schema', json_schema: { schema } } };
}

const roleOf = (body: Body): string => (body['messages'] as { role: string }[])[0]!.role;
const typeOf = (body: Body): string | undefined =>
  (body['response_format'] as { type?: string } | undefined)?.type;

export const PROFILES: Readonly<Record<string, Profile>> = {
  'openai-reasoning': {
    quirks:
      'refuses `max_tokens` and any temperature; knows `developer` and no `system`; thinking counted in the output',
    learns: [
      'sends `max_tokens` as `max_completion_tokens`',
      'sends the system message as `developer`',
    ],
    refuses: (b) => {
      if ('max_tokens' in b)
        return refuses(
          400,
          "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
          { param: 'max_tokens', code: 'unsupported_parameter' },
        );
      if ('temperature' in b)
        return refuses(
          400,
          "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
          { param: 'temperature', code: 'unsupported_value' },
        );
      if (roleOf(b) === 'system')
        return refuses(
          400,
          "Unsupported value: 'messages[0].role' does not support 'system' with this model. Use 'developer' instead.",
          { param: 'messages[0].role', code: 'unsupported_value' },
        );
      return null;
    },
    asked: (b) => withRole(b, 'developer', 'system'),
    answers: (said) =>
      plain(said, {
        prompt_tokens: 100,
        completion_tokens: 510,
        total_tokens: 610,
        completion_tokens_details: { reasoning_tokens: 500 },
      }),
  },
  azure: {
    quirks:
      'refuses `seed` as an unrecognized argument; content filter by 400 on 1 in 200 requests; empty filter results beside each answer',
    learns: ['sends no `seed`: draws are not seeded'],
    refuses: (b) =>
      'seed' in b ? refuses(400, 'Unrecognized request argument supplied: seed') : null,
    answers: (said) =>
      said.oneIn(200)
        ? refuses(
            400,
            "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.",
            {
              code: 'content_filter',
              status: 400,
              innererror: { code: 'ResponsibleAIPolicyViolation' },
            },
          )
        : plain(said),
  },
  gemini: {
    quirks:
      'errors in a list; refuses `seed` by name; thoughts in `<thought>`; thinking in the total alone',
    learns: ['sends no `seed`: draws are not seeded'],
    refuses: (b) =>
      'seed' in b
        ? {
            status: 400,
            body: [
              {
                error: {
                  code: 400,
                  message: 'Invalid JSON payload received. Unknown name "seed": Cannot find field.',
                  status: 'INVALID_ARGUMENT',
                },
              },
            ],
          }
        : null,
    answers: (said) =>
      plain(
        {
          ...said,
          text: said.calls === null ? `<thought>\n${said.draft}\n</thought>\n${said.text}` : '',
        },
        { prompt_tokens: 100, completion_tokens: 10, total_tokens: 610 },
      ),
  },
  anthropic: {
    quirks: '`max_tokens` is required; `response_format` is ignored: JSON in a fence, among words',
    learns: ['sends 4096 as `max_tokens`'],
    refuses: (b) => ('max_tokens' in b ? null : refuses(400, 'max_tokens: Field required')),
    answers: (said) =>
      plain({
        ...said,
        text: said.text.startsWith('{')
          ? `Here is my answer:\n\n\`\`\`json\n${said.text}\n\`\`\`\n\nI hope this helps.`
          : said.text,
      }),
  },
  mistral: {
    quirks: 'refuses `seed` with 422 and a list of places; content in parts, thinking first',
    learns: ['sends no `seed`: draws are not seeded'],
    refuses: (b) =>
      'seed' in b
        ? {
            status: 422,
            body: {
              object: 'error',
              message: {
                detail: [
                  {
                    type: 'extra_forbidden',
                    loc: ['body', 'seed'],
                    msg: 'Extra inputs are not permitted',
                  },
                ],
              },
            },
          }
        : null,
    answers: ({ text, calls, draft }) =>
      calls === null
        ? says([
            { type: 'thinking', thinking: [{ type: 'text', text: draft }] },
            { type: 'text', text },
          ])
        : says('', { message: { tool_calls: calls }, choice: { finish_reason: 'tool_calls' } }),
  },
  openrouter: {
    quirks:
      'errors inside a 200 (1 in 20 first attempts: 429 or 502); thinking in `reasoning`; 1 in 10 answers as a stream',
    learns: [],
    answers: (said) => {
      if (said.n === 1 && said.oneIn(20))
        return {
          status: 200,
          body: {
            error: {
              message: 'Provider returned error',
              code: said.oneIn(40) ? 429 : 502,
              metadata: { raw: 'upstream', provider_name: 'P' },
            },
            user_id: 'u',
          },
        };
      const message = { reasoning: said.draft, reasoning_details: [] };
      if (said.calls !== null || !said.oneIn(10))
        return said.calls === null ? says(said.text, { message }) : plain(said);
      const half = Math.floor(said.text.length / 2);
      const deltas = [{ reasoning: said.draft }, { content: said.text.slice(0, half) }];
      const chunks = [...deltas, { content: said.text.slice(half) }].map((delta) => ({
        choices: [{ index: 0, delta, finish_reason: null }],
      }));
      const end = { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
      return {
        status: 200,
        type: 'text/event-stream',
        raw: [
          ': OPENROUTER PROCESSING',
          ...[...chunks, end].map((chunk) => `data: ${J(chunk)}`),
          'data: [DONE]',
          '',
        ].join('\n\n'),
      };
    },
  },
  vllm: {
    quirks:
      'thinks in `<think>` with a draft that says the opposite; 1 in 20 is cut inside of it unless given room; 1 in 20 lacks the beginning of its block',
    learns: [],
    answers: (said) => {
      if (said.calls !== null) return plain(said);
      const room = Number(said.body['max_tokens'] ?? 0);
      if (said.draft !== said.text && said.oneIn(20) && room < 4_096)
        return says(`<think>\nFirst: ${said.draft} but`, { choice: { finish_reason: 'length' } });
      const begin = said.oneIn(19) ? '' : '<think>\n';
      return says(`${begin}First: ${said.draft}\n</think>\n\n${said.text}`);
    },
  },
  'llama.cpp': {
    quirks:
      'answers 500 to a JSON schema and refuses JSON mode; counts no tokens; raw line breaks inside of JSON',
    learns: ['asks for a schema in words alone'],
    refuses: (b) => {
      if (typeOf(b) === 'json_schema')
        return { status: 500, body: { error: { code: 500, message: 'failed to parse grammar' } } };
      return typeOf(b) === 'json_object'
        ? refuses(400, "'response_format.type' must be 'json_schema' or 'text'")
        : null;
    },
    asked: readsWords,
    answers: (said) =>
      plain({ ...said, text: said.text.replace('","value"', '\n","value"') }, null),
  },
};
