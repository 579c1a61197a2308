import { z } from 'zod';
import type { AssessmentError } from './assessment.ts';
import { jsonObject, type JsonObject } from './json.ts';
import type { RolloutStatus } from './rollout.ts';

const field = z.string().trim().min(1).max(100);

/** How a message becomes the inputs of an agent. */
export const asking = z.strictObject({
  /** Field of the message. */
  field,
  /** Field of what was said before: the person's messages, or both sides as `{ role, content }`. Null: each turn stands alone. */
  before: z.strictObject({ field, as: z.enum(['messages', 'turns']) }).nullable(),
  /** Further inputs, the same at each turn. */
  more: jsonObject,
});
export type Asking = z.infer<typeof asking>;

/** A conversation of a person with an agent in the console. */
export type Drive = {
  readonly project: string;
  readonly id: string;
  readonly agent: string;
  /** By prompt name a version number or an alias, read anew at each turn. */
  readonly prompts: Readonly<Record<string, string>>;
  readonly asking: Asking;
  readonly who: string;
  readonly createdAt: string;
};

export type DriveRef = { readonly project: string; readonly drive: string };
export type TurnRef = DriveRef & { readonly turn: number };

/** What a person said and what the agent made of it. `missing` was not answered by our fault, and may be asked again. */
export type DriveTurn = TurnRef & {
  readonly message: string;
  readonly inputs: JsonObject;
  /** Version number by prompt name. */
  readonly versions: Readonly<Record<string, number>>;
  readonly traceId: string;
  readonly status: RolloutStatus;
  readonly outputs: JsonObject | null;
  readonly error: AssessmentError | null;
  readonly latencyMs: number | null;
  readonly price: number | null;
  /** The practice model stood in for a real one: no claim about quality rests on the answer. */
  readonly practice: boolean;
  readonly askedAt: string;
};

/** Under what its model calls are paid. */
export const drivePayer = (drive: string): string => `drive/${drive}`;
