import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { hintOf } from '../errors.ts';

/** An error for stderr: what and where, then the remedy; as one JSON document under --json. */
export const errorText = (error: unknown, json: boolean): string =>
  json ? asJson(error) : asText(error);

function asJson(error: unknown): string {
  const kind = error instanceof Error ? error.name : 'Error';
  const message = error instanceof Error ? error.message : String(error);
  const hint = hintOf(error);
  return JSON.stringify({
    error: {
      kind,
      message,
      ...(error instanceof InvalidInputError && { faults: error.faults }),
      ...(hint !== null && { hint }),
    },
  });
}

function asText(error: unknown): string {
  if (!(error instanceof Error)) return `attune: ${String(error)}`;
  const hint = hintOf(error);
  const body = isUnforeseen(error) ? (error.stack ?? error.message) : error.message;
  return `attune: ${body}${hint === null ? '' : `\n${hint}`}`;
}

/** Errors nobody gave a name are bugs: their stack helps whoever mends them. */
const isUnforeseen = (error: Error): boolean =>
  ['Error', 'TypeError', 'RangeError', 'ReferenceError', 'ZodError'].includes(error.name);
