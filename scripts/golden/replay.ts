import type { Json } from '../../contracts/json.ts';
import { hashText } from '../../contracts/hash.ts';
import type { Replies } from '../../domain/engine.ts';
import type { EvaluateAsk, OptimizeAsk, ReflectAsk } from '../../domain/optimize/ask.ts';
import type { OptimizeInput } from '../../domain/optimize/input.ts';
import { extractProposal } from '../../domain/optimize/extract.ts';
import { resume, start } from '../../domain/optimize/optimize.ts';
import type { OptimizeTurn } from '../../domain/optimize/optimize.ts';
import { referencePrompt } from '../../domain/optimize/reflect.ts';
import { createFakes, exampleIds } from './fakes.ts';
import type { Texts } from './fakes.ts';
import { settingsOf } from './format.ts';
import type { Fields, Golden } from './format.ts';
import { finalOf, translate } from './translate.ts';

/** What a reflect ask led to, as the golden events tell it. */
export type Reflected = { readonly prompt: string; readonly reply: string };

/** The texts behind the engine's hashes, and what the fakes were asked. */
export type Backstage = {
  readonly texts: ReadonlyMap<string, string>;
  readonly reflections: ReadonlyMap<string, Reflected>;
  /** Examples the fake agent ran. */
  readonly rollouts: number;
};

export type Replayed = { readonly events: readonly Fields[]; readonly final: Fields };

/** How the turns are driven; tests cut and repeat them, the default answers every ask at once. */
export type Drive = (turn: Extract<OptimizeTurn, { kind: 'ask' }>, answer: Answer) => OptimizeTurn;
export type Answer = (ask: OptimizeAsk) => Replies;

const allAtOnce: Drive = ({ state, asks }, answer) =>
  resume(state, Object.assign({}, ...asks.map(answer)));

/** Runs the engine in reference mode against the golden format's fakes and tells it in the golden format's words. */
export function replay(golden: Golden, drive: Drive = allAtOnce): Replayed {
  const stage = createStage(golden);
  const turns: OptimizeTurn[] = [];
  let turn = start(stage.input);
  turns.push(turn);
  while (turn.kind === 'ask') {
    turn = drive(turn, stage.answer);
    turns.push(turn);
  }
  return tell(golden, { turns, backstage: stage.backstage() });
}

/** A finished run, turn by turn, in the golden format's words; the full prompt stands in the first two reflections. */
export function tell(
  golden: Golden,
  { turns, backstage }: { readonly turns: readonly OptimizeTurn[]; readonly backstage: Backstage },
): Replayed {
  const last = turns.at(-1);
  if (last?.kind !== 'done') throw new Error('the run has not ended');
  let prompts = 0;
  const events = turns.flatMap(({ events: news, state }) =>
    news
      .flatMap((event) => translate(event, { state, backstage }))
      .map((fields) => {
        const shown = fields['t'] !== 'reflect' || prompts++ < 2;
        const { prompt, ...rest } = fields;
        return shown && prompt !== undefined ? { ...rest, prompt } : rest;
      }),
  );
  return { events, final: finalOf(last, { golden, backstage }) };
}

/** The format's agent, metric and reflection model, and what they were asked so far. */
export function createStage({ config, seed_candidate }: Golden) {
  const fakes = createFakes(config);
  const texts = new Map<string, string>();
  const reflections = new Map<string, Reflected>();
  let rollouts = 0;
  const keep = (text: string): { textHash: string; length: number } => {
    const textHash = hashText(text);
    texts.set(textHash, text);
    return { textHash, length: text.length };
  };
  const textsOf = (components: Texts): Texts =>
    Object.fromEntries(
      Object.keys(seed_candidate).map((name) => [name, texts.get(components[name]!)!]),
    );
  const evaluate = (ask: EvaluateAsk): Json => {
    const candidate = textsOf(ask.components);
    rollouts += ask.exampleIds.length;
    return Object.fromEntries(
      ask.exampleIds.map((ex) => {
        const score = fakes.score(candidate, ex);
        if (config.frontier === 'instance') return [ex, { score }];
        return [ex, { score, objectives: fakes.objectives(candidate, ex) }];
      }),
    );
  };
  const reflect = (ask: ReflectAsk): Json => {
    const candidate = textsOf(ask.components);
    const { component } = ask;
    const records = ask.exampleIds.map((ex) => fakes.record(candidate, { component, ex }));
    const prompt = referencePrompt({ current: candidate[component]!, records });
    const reply = fakes.reflect(prompt);
    reflections.set(ask.id, { prompt, reply });
    return keep(extractProposal(reply));
  };
  const answer: Answer = (ask) => ({
    [ask.id]: { ok: ask.kind === 'evaluate' ? evaluate(ask) : reflect(ask) },
  });
  const input: OptimizeInput = {
    settings: settingsOf(config),
    seed: Object.fromEntries(
      Object.entries(seed_candidate).map(([name, text]) => [name, keep(text)]),
    ),
    components: Object.keys(seed_candidate),
    train: exampleIds('t', config.train),
    validation: exampleIds('v', config.val),
  };
  return { input, answer, backstage: (): Backstage => ({ texts, reflections, rollouts }) };
}
