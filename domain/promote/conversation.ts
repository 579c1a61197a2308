import type { Example } from '../../contracts/example.ts';
import { part } from '../../contracts/part.ts';
import type { Part } from '../../contracts/part.ts';
import { inputsText } from './text.ts';

/** A conversation to be placed, with the text of each of its rows. Lists of them are in import order. */
export type Conversation = {
  readonly key: string;
  readonly texts: readonly string[];
  readonly pin?: Part;
};

/** A pin tag that names no part, or that contradicts an earlier row of the same conversation. */
export class PinError extends Error {
  override readonly name = 'PinError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly example: string;
  readonly pin: string;

  constructor({ example, pin, why }: { example: string; pin: string; why: string }) {
    super(`example ${example}: part \`${pin}\` ${why}`);
    this.example = example;
    this.pin = pin;
  }
}

/** Groups rows by conversation in import order; `pin` names the tag that pins a part. Throws PinError. */
export function conversationsOf(
  examples: readonly Pick<Example, 'id' | 'conversation' | 'inputs' | 'tags'>[],
  pin?: string,
): Conversation[] {
  const found = new Map<string, { key: string; texts: string[]; pin?: Part }>();
  for (const example of examples) {
    const known = found.get(example.conversation) ?? { key: example.conversation, texts: [] };
    known.texts.push(inputsText(example.inputs));
    const wanted = pin === undefined ? undefined : pinned(example, pin);
    if (wanted !== undefined && known.pin !== undefined && wanted !== known.pin)
      throw new PinError({
        example: example.id,
        pin: wanted,
        why: `contradicts \`${known.pin}\` of an earlier row; pin all rows of a conversation alike`,
      });
    if (wanted !== undefined) known.pin = wanted;
    found.set(example.conversation, known);
  }
  return [...found.values()];
}

function pinned(example: Pick<Example, 'id' | 'tags'>, tag: string): Part | undefined {
  const value = example.tags[tag];
  if (value === undefined) return undefined;
  const parsed = part.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PinError({
    example: example.id,
    pin: value,
    why: `is no part; use ${part.options.join(', ')}`,
  });
}
