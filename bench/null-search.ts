import { hashText } from '../contracts/hash.ts';
import type { Reply } from '../domain/engine.ts';
import type { OptimizeAsk } from '../domain/optimize/ask.ts';
import { resume, start } from '../domain/optimize/optimize.ts';
import { createStream } from '../domain/statistics/stream.ts';
import { DIFFICULTY } from './null-settings.ts';

const TRAIN = 30;
const VALIDATION = 20;

/**
 * The real search in a world where every candidate is as good as the incumbent: each passes each example by an independent draw. Whether
 * it names a finalist, which a naive rule would promote.
 */
export function searchFindsFinalist(seed: string, candidates: number): boolean {
  let turn = start({
    settings: {
      mode: 'durable',
      seed: createStream(`${seed}/search`).below(1_000_000),
      sampling: { kind: 'independent', n: 4 },
      budget: VALIDATION * (2 + 3 * candidates),
      stop: [{ kind: 'candidates', max: candidates + 1 }],
    },
    seed: { prompt: { textHash: hashText('incumbent'), length: 9 } },
    train: ids('t', TRAIN),
    validation: ids('v', VALIDATION),
  });
  while (turn.kind === 'ask') {
    const replies = turn.asks.map((ask) => [ask.id, answer(ask, seed)] as const);
    turn = resume(turn.state, Object.fromEntries(replies));
  }
  return turn.result.finalist.candidate !== null;
}

function answer(ask: OptimizeAsk, seed: string): Reply {
  if (ask.kind === 'reflect') {
    const text = `proposal ${ask.proposal}`;
    return { ok: { textHash: hashText(text), length: text.length } };
  }
  const scores = ask.exampleIds.map((id) => {
    const chance = DIFFICULTY[createStream(`${seed}/${id}`).below(DIFFICULTY.length)] ?? 0;
    const passes = createStream(`${seed}/${id}/${ask.candidate}`).uniform() < chance;
    return [id, { score: Number(passes) }] as const;
  });
  return { ok: Object.fromEntries(scores) };
}

const ids = (letter: string, count: number): string[] =>
  Array.from({ length: count }, (_, place) => `${letter}${place}`);
