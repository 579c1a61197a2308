import { z } from 'zod';
import { readJson } from '../../contracts/read-json.ts';

/** One line of an evaluation made elsewhere: one trial of one example. */
export const evaluationLine = z.strictObject({
  example_id: z.string().min(1),
  cluster: z.string().min(1).optional(),
  trial: z.int().min(0).default(0),
  scores: z.record(z.string().min(1), z.number().nullable()),
  failed: z.boolean().default(false),
});
export type EvaluationLine = z.infer<typeof evaluationLine>;

/** A line with its place in its file, counted from 1. */
export type EvaluationRow = EvaluationLine & { readonly line: number };

/** An evaluation made elsewhere. */
export type Evaluation = { readonly file: string; readonly rows: readonly EvaluationRow[] };

/** A line that cannot be used; nothing of the file is. */
export class EvaluationFileError extends Error {
  override readonly name = 'EvaluationFileError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly file: string;
  readonly line: number;

  constructor({ file, line, why }: { file: string; line: number; why: string }) {
    super(`${file}, line ${line}: ${why}`);
    this.file = file;
    this.line = line;
  }
}

/** Parses JSONL, blank lines apart. Throws EvaluationFileError with the number of the first bad line. */
export function parseEvaluation(text: string, file: string): Evaluation {
  const rows = text.split('\n').flatMap((raw, index) => {
    const line = index + 1;
    return raw.trim() === '' ? [] : [{ ...parseLine(raw, { file, line }), line }];
  });
  if (rows.length === 0)
    throw new EvaluationFileError({ file, line: 1, why: 'no rows; give one JSON object a line' });
  return { file, rows };
}

function parseLine(
  raw: string,
  at: { readonly file: string; readonly line: number },
): EvaluationLine {
  const parsed = evaluationLine.safeParse(json(raw, at));
  if (parsed.success) return parsed.data;
  const why = parsed.error.issues
    .map((issue) => `${issue.path.join('.') || 'row'}: ${issue.message}`)
    .join('; ');
  throw new EvaluationFileError({ ...at, why });
}

function json(raw: string, at: { readonly file: string; readonly line: number }): unknown {
  try {
    return readJson(raw);
  } catch (error) {
    throw new EvaluationFileError({
      ...at,
      why: `not JSON: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}
