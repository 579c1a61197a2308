import type { Json } from '../contracts/json.ts';

export type AskId = string;

/** What became of an ask: its answer, or why there is none (infrastructure, never the agent's own failure). */
export type Reply = { readonly ok: Json } | { readonly unscored: string };

export type Replies = Readonly<Record<AskId, Reply>>;

/** One turn of a sans-I/O engine: the state to store, what happened, and either the new asks only or the result. */
export type Turn<State, Event, Ask extends { readonly id: AskId }, Result> =
  | {
      readonly kind: 'ask';
      readonly state: State;
      readonly events: readonly Event[];
      readonly asks: readonly Ask[];
    }
  | {
      readonly kind: 'done';
      readonly state: State;
      readonly events: readonly Event[];
      readonly result: Result;
    };
