import assert from 'node:assert/strict';
import { hashText } from '../../../contracts/hash.ts';
import type { Json } from '../../../contracts/json.ts';
import type { Reply } from '../../../domain/engine.ts';
import type { EvaluateAsk, OptimizeAsk, ReflectAsk } from '../../../domain/optimize/ask.ts';
import type { OptimizeEvent } from '../../../domain/optimize/event.ts';
import type { CandidateTexts, OptimizeInput } from '../../../domain/optimize/input.ts';
import { resume, start } from '../../../domain/optimize/optimize.ts';
import type { OptimizeState, OptimizeTurn } from '../../../domain/optimize/optimize.ts';
import type { Mends, OptimizeSettings } from '../../../domain/optimize/options.ts';
import type { OptimizeResult } from '../../../domain/optimize/result.ts';

export type Texts = Readonly<Record<string, string>>;

/** An agent, a metric and a reflection model for tests, all deterministic. */
export type World = {
  readonly score: (texts: Texts, example: string) => Json;
  /** The proposed text, or a whole reply of another kind. */
  readonly propose: (ask: ReflectAsk, texts: Texts) => string | Reply;
};

export type Setting = {
  readonly seed?: Texts;
  readonly train?: number;
  readonly validation?: number;
  readonly settings?: OptimizeSettings;
  readonly input?: Partial<OptimizeInput>;
};

export type Played = {
  readonly result: OptimizeResult;
  readonly state: OptimizeState;
  readonly events: readonly OptimizeEvent[];
  readonly asks: readonly OptimizeAsk[];
};

type Asking = Extract<OptimizeTurn, { kind: 'ask' }>;
export type Drive = (turn: Asking, answer: (ask: OptimizeAsk) => Reply) => OptimizeTurn;

/** Answers all new asks at once. */
export const inOneGo: Drive = ({ state, asks }, answer) =>
  resume(state, Object.fromEntries(asks.map((ask) => [ask.id, answer(ask)])));

export const ids = (letter: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${letter}${at}`);

/** A number in [0, 1) that depends on the text only. */
export const chance = (text: string): number =>
  Number.parseInt(hashText(text).slice(0, 8), 16) / 2 ** 32;

export const named = (text: string): { textHash: string; length: number } => ({
  textHash: hashText(text),
  length: text.length,
});

export const candidateOf = (texts: Texts): CandidateTexts =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, named(text)]));

/** Plays a search to its end; fails where it goes on for more than 2,000 turns. */
export function play(world: World, setting: Setting = {}, drive: Drive = inOneGo): Played {
  const { seed = { prompt: 'seed' }, train = 12, validation = 10, settings = {} } = setting;
  const library = new Map<string, string>();
  const learn = (text: string): { textHash: string; length: number } => {
    library.set(hashText(text), text);
    return named(text);
  };
  Object.values(seed).forEach(learn);
  const answer = (ask: OptimizeAsk): Reply => {
    const texts = Object.fromEntries(
      Object.entries(ask.components).map(([name, hash]) => [name, library.get(hash)!]),
    );
    if (ask.kind === 'evaluate') return { ok: scores(world, { ask, texts }) };
    const proposed = world.propose(ask, texts);
    return typeof proposed === 'string' ? { ok: learn(proposed) } : proposed;
  };
  let turn = start({
    settings,
    seed: candidateOf(seed),
    train: ids('t', train),
    validation: ids('v', validation),
    ...setting.input,
  });
  const events = [...turn.events];
  const asks: OptimizeAsk[] = [];
  for (let turns = 0; turn.kind === 'ask'; turns++) {
    assert.ok(turns < 2000, 'the search does not end');
    asks.push(...turn.asks);
    turn = drive(turn, answer);
    events.push(...turn.events);
  }
  return { result: turn.result, state: turn.state, events, asks };
}

function scores(
  world: World,
  { ask, texts }: { readonly ask: EvaluateAsk; readonly texts: Texts },
): Json {
  return Object.fromEntries(
    ask.exampleIds.map((example) => {
      const outcome = world.score(texts, example);
      return [example, typeof outcome === 'number' ? { score: outcome } : outcome];
    }),
  );
}

/** Every pair asked for, as `candidate example`. */
export const pairsOf = (asks: readonly OptimizeAsk[]): readonly string[] =>
  asks.flatMap((ask) =>
    ask.kind === 'evaluate' ? ask.exampleIds.map((example) => `${ask.candidate} ${example}`) : [],
  );

/** A world in which each proposal is a number and larger ones score better, example by example. */
export const climbing: World = {
  score: (texts, example) => {
    const level = Object.values(texts).reduce((total, text) => total + levelOf(text), 0);
    return chance(`${example}|${Object.values(texts).join('|')}`) < 0.2 + level / 40 ? 1 : 0;
  },
  propose: (ask, texts) =>
    `level ${levelOf(texts[ask.component]!) + (ask.proposal % 4)} #${ask.proposal}`,
};

export const levelOf = (text: string): number => Number(/level (\d+)/.exec(text)?.[1] ?? 0);

/** The settings with one mend taken away. */
export const without = (mend: keyof Mends, settings: OptimizeSettings = {}): OptimizeSettings => ({
  ...settings,
  mends: { ...settings.mends, [mend]: false },
});
