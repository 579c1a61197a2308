import { hashText } from '../../contracts/hash.ts';
import type { ReflectiveRecord } from '../../domain/optimize/render.ts';
import type { GoldenConfig } from './format.ts';

/** A candidate's texts by component, in the order of the run's components. */
export type Texts = Readonly<Record<string, string>>;

const TABLES: Readonly<Record<GoldenConfig['metric'], readonly number[]>> = {
  uniform: [0, 1, 2, 3, 4],
  easy: [4, 4, 2, 4, 3],
  binary: [0, 4],
  hard: [0, 0, 1, 0, 2, 0, 4],
};

const WEIGHTS: readonly (readonly number[])[] = [[4], [2, 2], [2, 1, 1], [1, 1, 1, 1]];

export const COMPONENTS = ['router', 'answer', 'style', 'check'] as const;

const h = (text: string): number => Number.parseInt(hashText(text).slice(0, 8), 16);

/** Ids t000, t001, ... or v000, v001, ... */
export const exampleIds = (letter: 't' | 'v', count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${letter}${String(at).padStart(3, '0')}`);

/** The golden format's deterministic agent, metric and reflection model (its README, "Fakes"). */
export function createFakes({ metric, text_mod, components }: GoldenConfig) {
  const table = TABLES[metric];
  const weights = WEIGHTS[components - 1]!;
  const part = (name: string, { text, ex }: { text: string; ex: string }): number =>
    table[h(`${name}|${text}|${ex}`) % table.length]!;
  const score = (texts: Texts, ex: string): number =>
    Object.entries(texts).reduce(
      (total, [name, text], at) => total + weights[at]! * part(name, { text, ex }),
      0,
    ) / 16;
  return {
    score,
    objectives: (texts: Texts, ex: string) => {
      const body = Object.entries(texts)
        .map(([name, text]) => `${name}=${text}`)
        .join('|');
      return {
        quality: score(texts, ex),
        brevity: (h(`brevity|${body}|${ex}`) % 5) / 4,
        accuracy: h(`accuracy|${body}|${ex}`) % 2,
      };
    },
    record: (
      texts: Texts,
      { component, ex }: { component: string; ex: string },
    ): ReflectiveRecord => {
      const earned = part(component, { text: texts[component]!, ex });
      const reason = earned === 4 ? 'Good.' : `Missing fact F${h(ex) % 97}.`;
      return {
        Inputs: {
          id: ex,
          question: `What about ${ex}?`,
          hints: [`hint ${h(ex) % 7}`, `café ${ex}`],
        },
        'Generated Outputs': `answer to ${ex} #${h(`${component}|${texts[component]}|${ex}`) % 1000}`,
        Feedback: `Part ${component} earned ${earned} of 4 points.\n${reason}`,
      };
    },
    reflect: (prompt: string): string => reply(h(prompt), text_mod),
  };
}

function reply(n: number, modulus: number): string {
  const v = n % modulus;
  const text = `Rule ${v}: keep $& and $1 as they are.\nBe ${['brief', 'exact', 'kind'][v % 3]}.`;
  const F = '```';
  const forms = [
    `${F}\n${text}\n${F}`,
    `Sure.\n${F}text\n${text}\n${F}\nDone.`,
    `  ${text}  \n`,
    `${F}markdown\n${text}\n`,
    `${text}\n${F}`,
    `Intro\n${F}\n${text}\n${F}inner\ncode ${v}\n${F}\n${F}\nbye`,
  ];
  return forms[(n >>> 8) % 6]!;
}
