import { createHash } from 'node:crypto';

export type Received = {
  readonly path: string;
  readonly model: string;
  readonly body: string;
  readonly key: string | undefined;
  /** Inputs of an embeddings request; 0 for chat. */
  readonly inputs: number;
};

type Kind = { requests: number; ok: number; inputs: number };

/** Counts of one server, for `GET /stats`: repeats by content and by the header Idempotency-Key, answered requests only. */
export function createStats() {
  const seen = new Set<string>();
  const okSeen = new Set<string>();
  const okKeys = new Set<string>();
  const byKind: Record<string, Kind> = {};
  const counts = { requests: 0, ok: 0, okDuplicates: 0, keyRepeats: 0, noKey: 0, refused: 0 };
  const flow = { current: 0, peak: 0, aborted: 0, tokensIn: 0, tokensOut: 0 };

  const kindOf = ({ path, model }: Received): Kind =>
    (byKind[`${path.endsWith('embeddings') ? 'emb' : 'chat'}:${model}`] ??= {
      requests: 0,
      ok: 0,
      inputs: 0,
    });

  return {
    began(received: Received): void {
      counts.requests++;
      seen.add(contentOf(received));
      const kind = kindOf(received);
      kind.requests++;
      kind.inputs += received.inputs;
      flow.peak = Math.max(flow.peak, ++flow.current);
    },
    /** The caller left before the answer. */
    left(): void {
      flow.current--;
      flow.aborted++;
    },
    answered(received: Received, tokens: { readonly in: number; readonly out: number }): void {
      flow.current--;
      counts.ok++;
      kindOf(received).ok++;
      const content = contentOf(received);
      if (okSeen.has(content)) counts.okDuplicates++;
      okSeen.add(content);
      if (received.key === undefined) counts.noKey++;
      else if (okKeys.has(received.key)) counts.keyRepeats++;
      else okKeys.add(received.key);
      flow.tokensIn += tokens.in;
      flow.tokensOut += tokens.out;
    },
    refused: (): void => void counts.refused++,
    report: () => ({
      ...counts,
      unique: seen.size,
      duplicates: counts.requests - seen.size,
      okUnique: okSeen.size,
      keys: okKeys.size,
      ...flow,
      byKind,
    }),
  };
}

export type Stats = ReturnType<typeof createStats>;

const contentOf = ({ path, body }: Received): string =>
  createHash('sha1').update(path).update(body).digest('base64');
