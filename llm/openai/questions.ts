import type { Answer } from '../client.ts';
import { jsonInReply } from '../reply-json.ts';
import type { Body } from './body.ts';
import { isStream } from './stream.ts';

/** `ignored`: taken without a word, and without effect. */
export type Found = 'yes' | 'partly' | 'ignored' | 'no';

export type Asked =
  | { readonly answer: Answer; readonly raw: string }
  | { readonly refused: string; readonly status?: number | null };

export type Question = {
  readonly subject: string;
  readonly without: string;
  readonly bodies: (base: Body) => readonly Body[];
  readonly together?: boolean;
  readonly read: (asked: readonly Asked[]) => { readonly found: Found; readonly detail: string };
};

const asking = (base: Body, content: string, more: Body = {}): Body => ({
  ...base,
  messages: [{ role: 'user', content }],
  ...more,
});

/** Reads one answer; a refusal is a no in the provider's words. */
const one =
  (read: (answer: Answer, raw: string) => readonly [Found, string]): Question['read'] =>
  ([first]) => {
    if (first === undefined || 'refused' in first)
      return { found: 'no', detail: first?.refused.slice(0, 160) ?? '' };
    const [found, detail] = read(first.answer, first.raw);
    return { found, detail };
  };

const colour = {
  type: 'object',
  properties: { colour: { type: 'string', enum: ['red', 'blue'] } },
  required: ['colour'],
  additionalProperties: false,
} as const;

const keeps = (text: string): boolean =>
  jsonInReply(text).some(({ json }) => {
    const { colour: named } = (json ?? {}) as { colour?: unknown };
    return named === 'red' || named === 'blue';
  });

const TOGETHER = 8;

/** What is asked of an endpoint, a small request or two each. */
export const QUESTIONS: readonly Question[] = [
  {
    subject: 'seed',
    without: 'draws are not seeded: the same run asked anew gives other answers',
    bodies: (base) => {
      const body = asking(base, 'Write ten random digits and nothing else.', { seed: 7 });
      return [body, body];
    },
    read: (asked) => {
      const texts = asked.map((at) => ('refused' in at ? null : at.answer.text));
      const refusal = asked.find((at) => 'refused' in at);
      if (refusal !== undefined) return { found: 'no', detail: refusal.refused.slice(0, 160) };
      return texts[0] === texts[1]
        ? { found: 'yes', detail: 'two draws of one seed are equal' }
        : { found: 'ignored', detail: 'two draws of one seed differ' };
    },
  },
  {
    subject: 'length limit',
    without: 'replies are as long as the endpoint lets them be; budgets reserve for 4,096 tokens',
    bodies: (base) => {
      const body = asking(base, 'Count from one to two hundred in words.');
      const name = 'max_completion_tokens' in body ? 'max_completion_tokens' : 'max_tokens';
      return [{ ...body, [name]: 16 }];
    },
    read: one(({ finishReason }) =>
      finishReason === 'length'
        ? ['yes', 'a reply is cut where it was said']
        : ['ignored', 'a reply of 16 tokens was not cut'],
    ),
  },
  {
    subject: 'temperature',
    without: 'left out; a judge that names one is refused in clear words',
    bodies: (base) => [asking(base, 'Say hello.', { temperature: 0 })],
    read: one(() => ['yes', '0 is taken']),
  },
  {
    subject: 'JSON schema',
    without: 'JSON mode is used, else words; replies are read and checked either way',
    bodies: (base) => [
      asking(base, 'Say hello.', {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'colour', schema: colour, strict: true },
        },
      }),
    ],
    read: one(({ text }) =>
      keeps(text) ? ['yes', 'kept to'] : ['ignored', 'the reply does not keep to it'],
    ),
  },
  {
    subject: 'JSON mode',
    without: 'the words ask for JSON',
    bodies: (base) => [
      asking(base, 'Say hello, as a JSON object.', { response_format: { type: 'json_object' } }),
    ],
    read: one(({ text }) =>
      jsonInReply(text).length > 0 ? ['yes', 'JSON came'] : ['ignored', 'no JSON came'],
    ),
  },
  {
    subject: 'tools',
    without: 'judges read traces as shown; agents that call tools need another model',
    bodies: (base) => [
      asking(base, 'What is the weather in Paris? Look it up.', {
        tools: [
          {
            type: 'function',
            function: {
              name: 'weather',
              description: 'The weather in a city.',
              parameters: {
                type: 'object',
                properties: { city: { type: 'string' } },
                required: ['city'],
              },
            },
          },
        ],
      }),
    ],
    read: one(({ toolCalls }) =>
      toolCalls.length > 0 ? ['yes', 'a tool was called'] : ['ignored', 'no tool was called'],
    ),
  },
  {
    subject: 'system role',
    without: 'instructions go as `developer`, or before the first user message',
    bodies: (base) => [
      {
        ...base,
        messages: [
          { role: 'system', content: 'Whatever is asked, reply with the one word BLUE.' },
          { role: 'user', content: 'What is the capital of France?' },
        ],
      },
    ],
    read: one(({ text }) =>
      /blue/i.test(text) ? ['yes', 'followed'] : ['ignored', 'taken, but not followed'],
    ),
  },
  {
    subject: 'streaming usage',
    without: 'nothing: Attune asks for whole replies, and reads a stream that comes all the same',
    bodies: (base) => [
      asking(base, 'Say hello.', { stream: true, stream_options: { include_usage: true } }),
    ],
    read: one((_, raw) => {
      if (!isStream(raw, '')) return ['ignored', 'the reply came whole'];
      return /"usage"\s*:\s*\{/.test(raw)
        ? ['yes', 'tokens are counted at its end']
        : ['partly', 'a stream without counts'];
    }),
  },
  {
    subject: 'logprobs',
    without: 'nothing: choices are read from the text',
    bodies: (base) => [asking(base, 'Say yes or no.', { logprobs: true, top_logprobs: 2 })],
    read: one((_, raw) =>
      /"logprobs"\s*:\s*\{/.test(raw) ? ['yes', 'given'] : ['ignored', 'none came'],
    ),
  },
  {
    subject: `${TOGETHER} at once`,
    without: 'calls wait and are tried again; lower ATTUNE_CONCURRENCY where it is often',
    together: true,
    bodies: (base) =>
      Array.from({ length: TOGETHER }, (_, at) => asking(base, `Say the number ${at}.`)),
    read: (asked) => {
      const limited = asked.filter((at) => 'refused' in at && at.status === 429).length;
      const failed = asked.filter((at) => 'refused' in at).length - limited;
      const detail = `${TOGETHER - limited - failed} answered, ${limited} were told to wait, ${failed} failed`;
      return { found: limited + failed === 0 ? 'yes' : 'partly', detail };
    },
  },
];
