import { z } from 'zod';
import type { JsonObject } from '../contracts/json.ts';
import { readJson } from '../contracts/read-json.ts';

/** A service or program that cannot be had at all: our failure or the network's, not the agent's. */
export class AgentUnreachableError extends Error {
  override readonly name = 'AgentUnreachable';
  readonly kind = 'unavailable';
  readonly retryable = true;
}

/** It took too long, refused, or answered what cannot be used: the agent's own failure. */
export class AgentAnswerError extends Error {
  override readonly name = 'AgentAnswer';
  readonly kind = 'refused';
  readonly retryable = false;
}

/** It took more than its time. */
export class AgentLateError extends Error {
  override readonly name = 'AgentLate';
  readonly kind = 'refused';
  readonly retryable = false;
}

/** What an agent of another process answered, and of which prompts it says that it used them. */
export type Reply = {
  readonly outputs: JsonObject;
  /** SHA-256 of the text of each prompt, by name; empty where it says nothing. */
  readonly promptsUsed: Readonly<Record<string, string>>;
};

const outputs = z.record(z.string(), z.json());
const echo = z.strictObject({ outputs, prompts_used: z.record(z.string(), z.string()) });
const SHOWN = 300;

/** Reads a reply: a JSON object is the outputs, `{"outputs", "prompts_used"}` says besides what was used. @throws AgentAnswerError */
export function readReply(text: string): Reply {
  if (text.trim() === '')
    throw new AgentAnswerError("the agent's answer is empty; a JSON object is wanted");
  const value = jsonOf(text);
  const echoed = echo.safeParse(value);
  if (echoed.success)
    return { outputs: echoed.data.outputs, promptsUsed: usedOf(echoed.data.prompts_used) };
  const plain = outputs.safeParse(value);
  if (plain.success) return { outputs: plain.data, promptsUsed: {} };
  const what = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  throw new AgentAnswerError(
    `the agent's answer is ${what}, and a JSON object is wanted, such as {"answer": ...}: ${shown(text)}`,
  );
}

/** The first characters of what came. */
export const shown = (text: string): string =>
  text.length > SHOWN ? `${text.slice(0, SHOWN)} ...` : text;

function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new AgentAnswerError(`the agent's answer is no JSON object (${why}): ${shown(text)}`);
  }
}

const usedOf = (given: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(given).map(([name, hash]) => [name, digestOf(hash)]));

const digestOf = (hash: string): string =>
  hash
    .trim()
    .replace(/^sha256[:=-]/i, '')
    .toLowerCase();

/** Reads the header that says the same: `name=sha256`, separated by commas. */
export const readUsedHeader = (header: string | null): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (header ?? '').split(',').flatMap((pair) => {
      const at = pair.indexOf('=');
      return at < 1 ? [] : [[pair.slice(0, at).trim(), digestOf(pair.slice(at + 1))]];
    }),
  );
