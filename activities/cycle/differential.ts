import type { LoadedAgent } from '../../agents/load.ts';
import type { AgentResult } from '../../agents/result.ts';
import { hashText } from '../../contracts/hash.ts';
import type { Example } from '../../contracts/example.ts';
import { differenceByChance, type Draws } from '../../domain/optimize/differ.ts';

/** Runs the agent with other texts of its prompts. `name` tells the draw from others. */
export type Try = (of: {
  readonly name: string;
  readonly row: Example;
  readonly prompts: Readonly<Record<string, string>>;
}) => Promise<AgentResult>;

export type Differential = {
  readonly key: string;
  readonly agent: LoadedAgent;
  readonly prompt: string;
  readonly texts: Readonly<Record<string, string>>;
  readonly rows: readonly Example[];
  readonly run: Try;
};

/** Whether other texts make other answers, and by what that is said. */
export type Shown = {
  readonly reaches: boolean;
  readonly draws: number;
  readonly p: number | null;
};

const DRAWS = 5;
/** Two comparisons are made: each below half of a hundredth. */
const CHANCE = 0.005;

/** A text that leaves an agent one answer. A rule with a name is read by models and by programs alike. */
export const forcing = (word: string): string =>
  `Whatever you are asked, answer with exactly this one word and nothing else: ${word}\n\n- ${word}: every message, whatever it says`;

/** A word that no answer has by itself. */
export const wordOf = (key: string): string => `canary${hashText(key).slice(0, 10)}`;

const FIRST = 0;

/** One draw under each of two texts that ask for different words: an answer with its own word and without the other cannot be chance. */
export async function wordsCome(test: Differential): Promise<boolean> {
  const words = ['one', 'other'].map((arm) => wordOf(`${test.key}/${test.prompt}/${arm}`));
  const answers = await Promise.all(
    words.map((word) =>
      test.run({ name: word, row: test.rows[FIRST]!, prompts: textsWith(test, forcing(word)) }),
    ),
  );
  return answers.every(({ outputs }, arm) => {
    const text = JSON.stringify(outputs ?? null).toLowerCase();
    return text.includes(words[arm]!) && !text.includes(words[1 - arm]!);
  });
}

/** Several draws on some rows under the prompt as it is and under two that ask for one word: do the answers differ beyond chance? */
export async function answersDiffer(test: Differential): Promise<Shown> {
  const { key, prompt, rows, texts } = test;
  const [one, other] = ['one', 'other'].map((arm) => forcing(wordOf(`${key}/${prompt}/${arm}`)));
  const [asItIs, first, second] = await Promise.all(
    [texts[prompt]!, one!, other!].map((text, arm) => drawsOf(test, text, arm)),
  );
  const compared = (a: readonly string[][], b: readonly string[][]): readonly Draws[] =>
    rows.map((_, row) => ({ one: a[row]!, other: b[row]! }));
  const p = Math.min(
    differenceByChance(compared(asItIs!, first!), SEED),
    differenceByChance(compared(first!, second!), SEED),
  );
  const draws = [...asItIs!, ...first!, ...second!].flat().length;
  return { reaches: p < CHANCE, draws, p };
}

const SEED = 20_240_501;

function drawsOf(test: Differential, text: string, arm: number): Promise<string[][]> {
  return Promise.all(
    test.rows.map(async (row) => {
      const ran = await Promise.all(
        Array.from({ length: DRAWS }, (_, draw) =>
          test.run({ name: `${arm}/${draw}`, row, prompts: textsWith(test, text) }),
        ),
      );
      return ran.filter(({ status }) => status !== 'missing').map(answerOf);
    }),
  );
}

const textsWith = ({ texts, prompt }: Differential, text: string) => ({ ...texts, [prompt]: text });

/** What an agent fails with is an answer too: one that fails under one text alone has met it. */
const answerOf = ({ outputs, error }: AgentResult): string =>
  outputs === null ? `failed ${error?.message ?? ''}` : JSON.stringify(outputs);
