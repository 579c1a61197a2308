import { isJsonObject, type Json } from '../../contracts/json.ts';
import { structured } from './json-text.ts';
import { isChat, messagesOf, replyOf } from './messages.ts';

/** A list of messages, also under `messages`; anything else as it is. */
export function conversation(value: Json | undefined): Json | undefined {
  const given = structured(value);
  if (isChat(given)) return messagesOf(given);
  const listed = isJsonObject(given) ? structured(given['messages']) : undefined;
  return isChat(listed) ? messagesOf(listed) : given;
}

/** A message, choices, a list of messages; anything else as it is. */
export function answer(value: Json | undefined): Json | undefined {
  const given = structured(value);
  if (isChat(given)) return replyOf(messagesOf(given));
  if (!isJsonObject(given)) return given;
  const choices = structured(given['choices']);
  if (isChat(choices)) return replyOf(messagesOf(choices));
  return isChat([given]) ? replyOf(messagesOf([given])) : given;
}
