import { percentiles } from '../statistics/quantile.ts';
import type { PlacedSpan, PlacedTrace } from './span-times.ts';

/** A model call with at least this many times the input of the first one in its trace carries too much along. */
export const BLOAT = 2;

const PLACES = 20;

/** The n-th model call of the traces that have one. */
export type Growth = {
  /** From 1. */
  readonly call: number;
  readonly traces: number;
  /** Tokens of input, in the middle and at the 95th percentile. */
  readonly p50: number;
  readonly p95: number;
  /** Mean of input over that of the first call, in the same traces; null where the first had none. */
  readonly timesFirst: number | null;
  /** Traces in which the call has at least twice the input of the first. */
  readonly bloated: number;
};

export type HeavyCall = {
  readonly trace: string;
  readonly example: string;
  readonly name: string;
  readonly call: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input of the whole trace. */
  readonly share: number;
  readonly timesFirst: number | null;
  readonly bloated: boolean;
};

/** Calls by their place in the trace, the first 20 places. */
export function growthOf(traces: readonly PlacedTrace[]): readonly Growth[] {
  const calls = traces.map(callsOf);
  const longest = calls.reduce((most, { length }) => Math.max(most, length), 0);
  return Array.from({ length: Math.min(PLACES, longest) }, (_, at): Growth => {
    const here = calls.filter(({ length }) => length > at);
    const inputs = here.map((of) => of[at]!.input);
    const firsts = here.map(([first]) => first!.input);
    const { p50, p95 } = percentiles(inputs)!;
    return {
      call: at + 1,
      traces: here.length,
      p50,
      p95,
      timesFirst: ratio(total(inputs), total(firsts)),
      bloated: inputs.filter((input, i) => isBloated(ratio(input, firsts[i]!))).length,
    };
  });
}

/** The calls with the most input. */
export function heaviest(traces: readonly PlacedTrace[], most: number): readonly HeavyCall[] {
  return traces
    .flatMap((trace) => {
      const calls = callsOf(trace);
      const whole = total(calls.map(({ input }) => input));
      return calls.map((span, at): HeavyCall => {
        const timesFirst = ratio(span.input, calls[0]!.input);
        return {
          trace: trace.trace,
          example: trace.example,
          name: span.name,
          call: at + 1,
          inputTokens: span.input,
          outputTokens: span.output,
          share: ratio(span.input, whole) ?? 0,
          timesFirst,
          bloated: isBloated(timesFirst),
        };
      });
    })
    .sort((a, b) => b.inputTokens - a.inputTokens)
    .slice(0, most);
}

const callsOf = ({ spans }: PlacedTrace): readonly PlacedSpan[] =>
  spans.filter(({ kind, input, output }) => kind === 'model' && input + output > 0);

const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

const isBloated = (timesFirst: number | null): boolean =>
  timesFirst !== null && timesFirst >= BLOAT;

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
