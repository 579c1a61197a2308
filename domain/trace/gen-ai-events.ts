import { isRecord, type Json, type JsonObject } from '../../contracts/json.ts';
import { parsed, structured } from './json-text.ts';
import type { RawEvent } from './raw-span.ts';

export type Said = {
  readonly input?: Json | undefined;
  readonly output?: Json | undefined;
  readonly system?: Json | undefined;
};

/** What a tool was given and gave back, where events say it (Strands). */
export function toolInEvents(events: readonly RawEvent[]): Said {
  const given = events.find(({ name }) => name === 'gen_ai.tool.message');
  const back = events.find(({ name }) => name === 'gen_ai.choice');
  const result = back === undefined ? undefined : bodyOf(back.attributes);
  return {
    input: given === undefined ? undefined : bodyOf(given.attributes)['content'],
    output: result?.['message'] ?? result?.['content'],
  };
}

const MESSAGE = /^gen_ai\.(system|user|assistant|tool)\.message$/;

/** The messages that older instrumentations write as events of the span, and newer ones in one event of details. */
export function saidInEvents(events: readonly RawEvent[]): Said {
  // Strands writes what was asked and what was answered in an event each.
  const details = events.filter(({ name }) => name === 'gen_ai.client.inference.operation.details');
  const told = (key: string): Json | undefined =>
    details.map(({ attributes }) => attributes[key]).find((value) => value !== undefined);
  if (details.length > 0)
    return {
      input: told('gen_ai.input.messages'),
      output: told('gen_ai.output.messages'),
      system: told('gen_ai.system_instructions'),
    };
  return {
    input: filled(events.flatMap(messageOf)) ?? whole(events, 'prompt'),
    output: filled(events.flatMap(choiceOf)) ?? asReply(whole(events, 'completion')),
  };
}

function messageOf({ name, attributes }: RawEvent): readonly JsonObject[] {
  const role = MESSAGE.exec(name)?.[1];
  return role === undefined ? [] : [{ role, ...bodyOf(attributes) }];
}

function choiceOf({ name, attributes }: RawEvent): readonly JsonObject[] {
  if (name !== 'gen_ai.choice') return [];
  const body = bodyOf(attributes);
  const message = structured(body['message'] ?? null);
  if (isRecord(message)) return [{ role: 'assistant', ...message }];
  const said = body['message'] === undefined ? body : { content: message };
  return [{ role: 'assistant', ...said }];
}

/** Fields of an event are attributes, or one JSON text under `event.body` or `gen_ai.event.content`. */
function bodyOf(attributes: JsonObject): JsonObject {
  const given = attributes['gen_ai.event.content'] ?? attributes['event.body'];
  const body = typeof given === 'string' ? parsed(given) : given;
  return isRecord(body) ? { ...attributes, ...body } : attributes;
}

function whole(events: readonly RawEvent[], side: 'prompt' | 'completion'): Json | undefined {
  const event = events.find(({ name }) => name === `gen_ai.content.${side}`);
  return event?.attributes[`gen_ai.${side}`];
}

const asReply = (value: Json | undefined): Json | undefined => {
  const reply = structured(value);
  return typeof reply === 'string' ? [{ role: 'assistant', content: reply }] : reply;
};

const filled = (list: readonly JsonObject[]): Json | undefined =>
  list.length === 0 ? undefined : list;
