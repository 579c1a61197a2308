import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { exampleLine } from '../../contracts/example.ts';

const inputs = z.strictObject({ message: z.string(), previous: z.array(z.string()).optional() });
const goldLine = z.strictObject({ id: z.string(), route: z.string() });
const review = z.strictObject({ route: z.string(), reason: z.string() });
const reviewLine = z.strictObject({ id: z.string(), reviews: z.record(z.string(), review) });

export type TelecomRow = {
  readonly id: string;
  readonly conversation: string;
  readonly message: string;
  readonly previous: readonly string[];
  readonly style: string;
  readonly gold: string;
  readonly reviews: Readonly<Record<string, z.infer<typeof review>>>;
};

/** The lines of a JSONL file of examples/telecom, each checked against `schema`. */
function linesOf<T>(file: string, schema: z.ZodType<T>): readonly T[] {
  const text = readFileSync(new URL(`../../examples/telecom/${file}`, import.meta.url), 'utf8');
  return text
    .trimEnd()
    .split('\n')
    .map((line) => schema.parse(JSON.parse(line)));
}

/** The data set with its gold routes and reviews joined by id; throws where one file lacks a row of another. */
export function readTelecom(): readonly TelecomRow[] {
  const gold = new Map(linesOf('gold.jsonl', goldLine).map(({ id, route }) => [id, route]));
  const reviews = new Map(
    linesOf('reviewers.jsonl', reviewLine).map((row) => [row.id, row.reviews]),
  );
  const messages = linesOf('messages.jsonl', exampleLine);
  if (gold.size !== messages.length || reviews.size !== messages.length)
    throw new Error(`${messages.length} messages, ${gold.size} gold, ${reviews.size} reviews`);
  return messages.map(({ id = '', conversation = '', inputs: given, tags = {} }) => {
    const route = gold.get(id);
    const reviewed = reviews.get(id);
    if (route === undefined || reviewed === undefined)
      throw new Error(`${id} lacks gold or reviews`);
    const { message, previous = [] } = inputs.parse(given);
    const style = tags['style'] ?? '';
    return { id, conversation, message, previous, style, gold: route, reviews: reviewed };
  });
}
