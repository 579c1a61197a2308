import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';

const logged = z.object({
  at: z.number(),
  key: z.string().nullable(),
  body: z.object({
    model: z.string().optional(),
    messages: z.array(z.object({ content: z.string() })).default([]),
    input: z.union([z.string(), z.array(z.string())]).optional(),
  }),
});

/** One request to the practice model: when it came, its key in the ledger, and every text in it. */
export type Request = {
  readonly at: number;
  readonly key: string | null;
  readonly model: string;
  readonly text: string;
};

/** What the practice model was asked, in the order it was asked; a last line that a kill cut off is left out. */
export function requestsIn(file: string): readonly Request[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const { at, key, body } = logged.parse(JSON.parse(line));
    const texts = [body.messages.map(({ content }) => content), body.input ?? []].flat();
    return { at, key, model: body.model ?? '', text: texts.join('\n') };
  });
}
