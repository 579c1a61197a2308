import type { ExampleLine } from '../../../contracts/example.ts';
import type { JsonObject } from '../../../contracts/json.ts';
import { drawWords } from '../../../bench/words.ts';
import { createRandom } from '../../../domain/random.ts';

/** Messages for teams, and what people know of them: the team of a message is told by one word in it. */
export type Task = {
  readonly teams: readonly string[];
  /** Words by team. */
  readonly cues: Readonly<Record<string, readonly string[]>>;
  readonly rows: readonly ExampleLine[];
  /** The word in a message that tells its team. */
  readonly truthOf: (inputs: JsonObject) => { readonly team: string; readonly cue: string };
};

const TEAMS = 3;
const CUES = 4;
const FILLERS = 60;
/** Enough for the studentized test in the long form; a betting test decides the short one. */
export const SEALED = process.env['ATTUNE_LONG'] === '1' ? 60 : 30;
/** Conversations by part. */
const SIZES = { 'align-labels': 24, 'judge-test': 12, train: 12, validation: 12, sealed: SEALED };
/** Conversations that people are asked of. */
export const LABELLED = SIZES['align-labels'] + SIZES['judge-test'];

/** Made-up words drawn from the seed: no code knows them, and no two seeds share a message. `opening`: each conversation has a turn before. */
export function taskOf(seed: number, { opening = false } = {}): Task {
  const random = createRandom(seed);
  const words = drawWords(random, TEAMS * (CUES + 1) + FILLERS);
  const teams = words.splice(0, TEAMS);
  const cues = Object.fromEntries(teams.map((team) => [team, words.splice(0, CUES)]));
  const parts = Object.entries(SIZES).flatMap(([part, n]) => Array.from({ length: n }, () => part));
  const fillers = (): string[] =>
    Array.from({ length: 5 }, () => words[random.below(words.length)]!);
  const rows = parts.flatMap((part, at): ExampleLine[] => {
    const message = fillers();
    const own = cues[teams[at % TEAMS]!]!;
    message.splice(random.below(6), 0, own[random.below(CUES)]!);
    const row = (turn: number, text: readonly string[]): ExampleLine => ({
      id: `m-${at}-${turn}`,
      conversation: `c-${at}`,
      inputs: { message: text.join(' ') },
      tags: { part },
    });
    const before = { ...row(1, fillers()), outputs: { team: teams[0]! } };
    return opening ? [before, row(2, message)] : [row(2, message)];
  });
  const truthOf = (inputs: JsonObject) => {
    const said = messageOf(inputs).split(' ');
    const team = teams.find((name) => cues[name]!.some((cue) => said.includes(cue))) ?? 'nobody';
    return { team, cue: cues[team]?.find((cue) => said.includes(cue)) ?? '' };
  };
  return { teams, cues, rows, truthOf };
}

const messageOf = ({ message }: JsonObject): string => (typeof message === 'string' ? message : '');
