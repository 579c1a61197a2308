/**
 * Route accuracy of the weak and the strong telecom prompt against gold, with the practice agent and before anything
 * is tuned. Asks the practice model over HTTP, as the agent would: `node bench/telecom-prompts.ts [draws, default 5]`.
 * Exits with 1 unless weak is at most 60 % and strong at least 85 % in every draw.
 */
import { readFileSync } from 'node:fs';
import { agent, type Route } from '../examples/telecom/agent.ts';
import type { AgentContext } from '../contracts/agent.ts';
import { jsonObject, type JsonObject } from '../contracts/json.ts';
import { z } from 'zod';
import { complete, startPractice } from './practice/main.ts';

const exampleRow = z.object({ id: z.string(), inputs: jsonObject });
const goldRow = z.object({ id: z.string(), route: z.string() });

type Row = { readonly id: string; readonly inputs: JsonObject; readonly gold: string };

const BOUNDS = {
  'router.md': (share: number) => share <= 0.6,
  'router-strong.md': (share: number) => share >= 0.85,
} as const;

const read = (file: string): string =>
  readFileSync(new URL(`../examples/telecom/${file}`, import.meta.url), 'utf8');

const linesOf = <T>(file: string, schema: z.ZodType<T>): readonly T[] =>
  read(file)
    .trimEnd()
    .split('\n')
    .map((line) => schema.parse(JSON.parse(line)));

function rowsOf(): readonly Row[] {
  const gold = new Map(linesOf('gold.jsonl', goldRow).map(({ id, route }) => [id, route]));
  return linesOf('messages.jsonl', exampleRow).map((row) => ({ ...row, gold: gold.get(row.id)! }));
}

/** Share of the rows whose route is gold, each asked once with a seed made of draw and place. */
async function accuracy(
  rows: readonly Row[],
  { base, prompt, draw }: { readonly base: string; readonly prompt: string; readonly draw: number },
): Promise<number> {
  let right = 0;
  for (const [at, { inputs, gold }] of rows.entries()) {
    const context: AgentContext = {
      prompt: () => prompt,
      complete: (request) => complete(request, { base, seed: draw * 100_003 + at }),
      span: (_, body) => body(),
      tool: async (_, given, run) => run(given),
      signal: new AbortController().signal,
    };
    const { route }: { readonly route: Route } = await agent(inputs, context);
    if (route === gold) right += 1;
  }
  return right / rows.length;
}

async function main(draws: number): Promise<void> {
  const rows = rowsOf();
  const practice = await startPractice();
  try {
    for (const [file, holds] of Object.entries(BOUNDS)) {
      const prompt = read(`prompts/${file}`);
      const shares: number[] = [];
      for (let draw = 1; draw <= draws; draw += 1)
        shares.push(await accuracy(rows, { base: practice.base, prompt, draw }));
      const shown = shares.map((share) => `${(100 * share).toFixed(1)} %`).join(', ');
      console.log(`${file}: ${shown} of ${rows.length} messages`);
      if (!shares.every(holds)) process.exitCode = 1;
    }
  } finally {
    await practice.end();
  }
}

await main(Number(process.argv[2] ?? 5));
