import type { Dialect } from '../../contracts/dialect.ts';
import type { CompletionRequest, Usage } from '../../contracts/model.ts';
import type { Acquaintance } from '../dialects.ts';
import { ModelError } from '../errors.ts';
import { jsonInReply } from '../reply-json.ts';
import { type Body, bodyIn } from './body.ts';
import type { Exchange } from './client.ts';
import { converse } from './converse.ts';
import type { Place } from './error.ts';
import { type Asked, type Found, QUESTIONS } from './questions.ts';
import { readReply } from './reply.ts';

export type Probing = {
  readonly model: string;
  readonly known: Acquaintance;
  readonly place: Place;
  readonly exchange: Exchange;
  readonly signal: AbortSignal;
};

export type Probed = {
  /** What was looked for. */
  readonly subject: string;
  readonly found: Found;
  readonly detail: string;
  /** What Attune does where it is not there. */
  readonly without: string;
};

/** Asks an endpoint what it can do. The first question makes its dialect known; the error of that one is thrown. */
export async function* probe(
  probing: Probing,
  spent: (usage: Usage) => void,
): AsyncGenerator<Probed> {
  yield await acquaint(probing, spent);
  const base = baseOf(probing.known.dialect(), probing.model);
  for (const question of QUESTIONS) {
    const bodies = question.bodies(base);
    const asked: Asked[] = [];
    const ask = async (body: Body): Promise<void> => {
      asked.push(await askRaw(probing, body, spent));
    };
    if (question.together) await Promise.all(bodies.map(ask));
    else for (const body of bodies) await ask(body);
    const { subject, without } = question;
    yield { subject, without, ...question.read(asked) };
  }
}

/** A request with everything that Attune ever sends: what is refused of it is learned. */
const everything = (model: string): CompletionRequest => ({
  model,
  messages: [
    { role: 'system', content: 'You answer in JSON.' },
    { role: 'user', content: 'Is water wet?' },
  ],
  schema: {
    name: 'answer',
    schema: {
      type: 'object',
      properties: { wet: { type: 'boolean' } },
      required: ['wet'],
      additionalProperties: false,
    },
  },
  temperature: 0,
  maxTokens: ROOM,
});

/** Enough for a model that thinks before it answers. */
const ROOM = 2_000;

async function acquaint(probing: Probing, spent: (usage: Usage) => void): Promise<Probed> {
  const { known, place, exchange, signal, model } = probing;
  const request = everything(model);
  const { answer, usage, latencyMs } = await converse({
    request,
    seed: 1,
    signal,
    known,
    place,
    exchange,
  });
  spent(usage);
  const thinks = answer.thinking === undefined ? '' : '; its thinking is kept apart';
  const read = jsonInReply(answer.text).length > 0 ? 'a readable answer' : 'an answer without JSON';
  return {
    subject: 'answers',
    found: jsonInReply(answer.text).length > 0 ? 'yes' : 'partly',
    detail: `${read} in ${(latencyMs / 1_000).toFixed(1)} s${thinks}`,
    without: 'a verdict that cannot be read is asked for once more, then missing',
  };
}

/** A plain request in the dialect that was learned; questions add to it what they ask about. */
function baseOf(dialect: Dialect, model: string): Body {
  const request = { model, messages: [{ role: 'user', content: '' }], maxTokens: ROOM } as const;
  const { seed: _seed, random_seed: _other, ...body } = bodyIn(dialect, request, 1);
  return body;
}

async function askRaw(
  { exchange }: Probing,
  body: Body,
  spent: (usage: Usage) => void,
): Promise<Asked> {
  try {
    const { reply } = await exchange('/chat/completions', body as { model: string });
    const reading = readReply(reply, body);
    if (reading.kind === 'answer') spent(reading.usage);
    if (reading.kind === 'error') return { refused: reading.said.message };
    if (reading.kind === 'broken') return { refused: reading.detail };
    return { answer: reading.answer, raw: reply.text };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return { refused: error.detail, status: error.status };
  }
}
