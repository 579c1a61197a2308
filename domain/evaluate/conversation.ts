import type { JsonObject } from '../../contracts/json.ts';
import { shortenFields } from './shorten.ts';

/** One exchange: what came in and what the agent answered. */
export type Turn = {
  readonly inputs: JsonObject;
  /** Null where nothing is recorded of an earlier turn. */
  readonly outputs: JsonObject | null;
};

/** Turns shown at most, and characters of one text. */
const MOST_TURNS = 60;
const LONGEST = 4_000;

/**
 * A conversation as a judge is shown it: turns in order, each with its number. Of a long one the first turn and the last ones are
 * kept, and the gap says how many are left out.
 */
export function conversationView(turns: readonly Turn[]): readonly JsonObject[] {
  const shown = turns.map((turn, place): JsonObject => ({
    turn: place + 1,
    inputs: shortenFields(turn.inputs, LONGEST),
    ...(turn.outputs === null ? {} : { outputs: shortenFields(turn.outputs, LONGEST) }),
  }));
  if (shown.length <= MOST_TURNS) return shown;
  const left = shown.length - MOST_TURNS;
  return [shown[0]!, { left_out: `${left} turns` }, ...shown.slice(1 + left)];
}
