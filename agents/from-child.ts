import { z } from 'zod';
import type { FromChild } from './protocol.ts';

const whole = z.int().nonnegative();
const record = z.custom<object>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);
const recorded = z.object({ spans: z.array(record), exported: record.nullable() });
const call = { id: whole, call: whole };

/** The frame of each message; what a message carries is judged where it is used. */
const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('ready') }),
  z.object({ kind: z.literal('loaded'), file: z.string() }),
  z.object({ kind: z.literal('pong'), n: whole }),
  z.object({
    kind: z.literal('complete'),
    ...call,
    parent: z.string().nullable(),
    request: record,
  }),
  z.object({ kind: z.literal('judge'), ...call, asked: record }),
  z.object({ kind: z.literal('returned'), id: whole, outputs: record, recorded }),
  z.object({
    kind: z.literal('threw'),
    id: whole,
    error: z.object({ name: z.string(), message: z.string() }),
    recorded,
  }),
]);

/**
 * What a process of user code says; null for what is no message of the protocol. User code can send whatever it likes on its channel, and
 * must not end the process that holds the keys.
 */
export function readFromChild(message: unknown): FromChild | null {
  const parsed = shape.safeParse(message);
  return parsed.success ? (message as FromChild) : null;
}
