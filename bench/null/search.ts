import { hashText } from '../../contracts/hash.ts';
import type { Reply } from '../../domain/engine.ts';
import type { OptimizeAsk } from '../../domain/optimize/ask.ts';
import { resume, start } from '../../domain/optimize/optimize.ts';
import { createStream } from '../../domain/statistics/stream.ts';
import type { Stream } from '../../domain/statistics/stream.ts';
import type { Draw } from './settings.ts';

const TRAIN = 30;
const VALIDATION = 20;
const INCUMBENT = hashText('incumbent');

export type SearchWorld = {
  readonly seed: string;
  readonly draw: Draw;
  readonly shift: number;
  readonly candidates: number;
};

/**
 * The real search in a world where no candidate is better than the shift: each answers each example by a draw of its own. Whether it
 * names a finalist, which a rule without a gate would promote.
 */
export function searchFindsFinalist(world: SearchWorld): boolean {
  const { seed, candidates } = world;
  let turn = start({
    settings: {
      mode: 'durable',
      seed: createStream(`${seed}/search`).below(1_000_000),
      sampling: { kind: 'independent', n: 4 },
      budget: VALIDATION * (2 + 3 * candidates),
      stop: [{ kind: 'candidates', max: candidates + 1 }],
    },
    seed: { prompt: { textHash: INCUMBENT, length: 9 } },
    train: ids('t', TRAIN),
    validation: ids('v', VALIDATION),
  });
  while (turn.kind === 'ask') {
    const replies = turn.asks.map((ask) => [ask.id, answer(ask, world)] as const);
    turn = resume(turn.state, Object.fromEntries(replies));
  }
  return turn.result.finalist.candidate !== null;
}

function answer(ask: OptimizeAsk, world: SearchWorld): Reply {
  if (ask.kind === 'reflect') {
    const text = `proposal ${ask.proposal}`;
    return { ok: { textHash: hashText(text), length: text.length } };
  }
  const text = ask.components['prompt'] ?? INCUMBENT;
  const scores = ask.exampleIds.map((id) => {
    const score = scoreOf({ ...world, id, text });
    return [id, score === null ? { unscored: 'lost' } : { score }] as const;
  });
  return { ok: Object.fromEntries(scores) };
}

/** An example is drawn once for all; what a candidate makes of it, once for each candidate. */
function scoreOf(at: SearchWorld & { readonly id: string; readonly text: string }): number | null {
  let current = createStream(`${at.seed}/${at.id}`);
  const stream: Stream = {
    word: () => current.word(),
    below: (n) => current.below(n),
    uniform: () => current.uniform(),
  };
  const [drawn] = at.draw(stream, at.shift);
  if (drawn === undefined || at.text === INCUMBENT) return drawn?.incumbent ?? null;
  current = createStream(`${at.seed}/${at.id}/${at.text}`);
  return drawn.candidate();
}

const ids = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, place) => `${letter}${place}`);
