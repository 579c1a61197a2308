import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const sourceLine = z.object({
  id: z.string().min(1),
  inputs: z.object({ query: z.string().min(1) }),
  expectations: z.object({ intent: z.string().min(1) }),
  tags: z.object({ source_split: z.string() }),
});

export type Row = {
  readonly id: string;
  readonly query: string;
  readonly intent: string;
  readonly split: string;
};

/** A line of the user's files that is not what the conversion reads. */
export class SourceLineError extends Error {
  override readonly name = 'SourceLineError';
  readonly file: string;
  readonly line: number;

  constructor({ file, line, fault }: { file: string; line: number; fault: string }) {
    super(
      `${file}, line ${line}: ${fault}. Each line must read {"id", "inputs": {"query"}, "expectations": {"intent"}, "tags": {"source_split"}}`,
    );
    this.file = file;
    this.line = line;
  }
}

/** The rows of train.jsonl and test.jsonl of a folder, in that order. @throws SourceLineError */
export function readRows(folder: string): readonly Row[] {
  return ['train.jsonl', 'test.jsonl'].flatMap((name) => readFile(join(folder, name)));
}

function readFile(file: string): readonly Row[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((text, at) => readLine(text, { file, line: at + 1 }));
}

function readLine(text: string, place: { readonly file: string; readonly line: number }): Row {
  const json = parse(text);
  if (json === undefined) throw new SourceLineError({ ...place, fault: 'not JSON' });
  const read = sourceLine.safeParse(json);
  if (!read.success) throw new SourceLineError({ ...place, fault: z.prettifyError(read.error) });
  const { id, inputs, expectations, tags } = read.data;
  return { id, query: inputs.query, intent: expectations.intent, split: tags.source_split };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
