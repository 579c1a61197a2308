import type { JudgeDefinition } from '../../../contracts/judge.ts';
import { readVerdict, type Verdict, VerdictError } from '../../../domain/evaluate/judge-reply.ts';
import { parseReply } from '../../../llm/reply-json.ts';

export type VerdictRead =
  | { readonly ok: Verdict }
  | { readonly error: { readonly kind: string; readonly message: string } };

/** The text of a reply, read as the model client and the judge read it together. */
export function parseJudgeReply(text: string, definition: JudgeDefinition): VerdictRead {
  try {
    return { ok: readVerdict(parseReply(text), definition) };
  } catch (error) {
    if (error instanceof SyntaxError)
      return { error: { kind: 'not-json', message: error.message } };
    if (!(error instanceof VerdictError)) throw error;
    return { error: { kind: error.fault, message: error.message } };
  }
}
