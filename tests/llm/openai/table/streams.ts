import { J, says, verdict } from '../impolite.ts';
import { type Case, draft, final } from './case.ts';

/** Streams that nobody asked for. */
export const streams: Readonly<Record<string, Case>> = {
  sse: {
    does: () => ({
      status: 200,
      raw: `data: ${J({ choices: [{ delta: { content: verdict() } }] })}\n\ndata: [DONE]\n\n`,
      type: 'text/event-stream',
    }),
    right: true,
    requests: 1,
  },
  'sse in pieces, with thoughts and usage': {
    does: () => ({
      status: 200,
      type: 'text/event-stream; charset=utf-8',
      raw: [
        ': OPENROUTER PROCESSING',
        ...[
          { reasoning_content: draft },
          { role: 'assistant', content: '{"ration' },
          { content: 'ale":"x","value":false}' },
        ].map((delta) => `data: ${J({ choices: [{ index: 0, delta, finish_reason: null }] })}`),
        `data: ${J({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] })}`,
        `data: ${J({ choices: [], usage: { prompt_tokens: 7, completion_tokens: 9 } })}`,
        'data: [DONE]',
        '',
      ].join('\n\n'),
    }),
    right: false,
    requests: 1,
    output: 9,
  },
  'sse that breaks off': {
    does: (_, n) =>
      n === 1
        ? {
            status: 200,
            raw: `data: ${J({ choices: [{ delta: { content: draft } }] })}\n\n`,
            type: 'text/event-stream',
          }
        : says(final),
    right: false,
    requests: 2,
  },
  'sse with an error': {
    does: () => ({
      status: 200,
      raw: `data: ${J({ error: { message: 'invalid key', code: 401 } })}\n\n`,
      type: 'text/event-stream',
    }),
    right: /key was refused/,
    kind: 'authentication',
    requests: 1,
  },
  'lines of JSON': {
    does: () => ({
      status: 200,
      raw: ['{"ration', 'ale":"x","value":true}']
        .map((content) => J({ choices: [{ delta: { content } }] }))
        .concat(J({ choices: [{ delta: {}, finish_reason: 'stop' }] }))
        .join('\n'),
      type: 'application/x-ndjson',
    }),
    right: true,
    requests: 1,
  },
};
