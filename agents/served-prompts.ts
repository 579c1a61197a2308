import { type ServedPrompt, servedPrompt } from '../contracts/served-prompt.ts';

/** The server refused, or does not answer and nothing was read from it before. */
export class PromptReadError extends Error {
  override readonly name = 'PromptReadError';
  readonly kind = 'refused';
  readonly retryable = false;
  readonly reference: string;
  /** HTTP status; null where nobody answered. */
  readonly status: number | null;
  constructor(reference: string, status: number | null, why: string) {
    super(`prompt ${reference}: ${why}`);
    this.reference = reference;
    this.status = status;
  }
}

export type PromptReaderOptions = {
  /** Address of the stack's server. */
  readonly server: string;
  readonly token: string;
  /** For how long a copy is used without asking, in milliseconds. */
  readonly freshMs?: number;
  readonly timeoutMs?: number;
};

export type PromptReader = {
  /** What stands behind `name@alias` or `name@3`. @throws PromptReadError */
  read(reference: string): Promise<ServedPrompt>;
};

type Copy = { readonly prompt: ServedPrompt; readonly tag: string; readonly readAt: number };

const FRESH_MS = 30_000;
const TIMEOUT_MS = 5_000;

/** Reads prompts over HTTP and keeps them: revalidated by ETag when no longer fresh, used as they are while the server is away. */
export function createPromptReader(options: PromptReaderOptions): PromptReader {
  const { freshMs = FRESH_MS } = options;
  const copies = new Map<string, Copy>();
  const under = new Map<string, Promise<Copy>>();

  async function renew(reference: string): Promise<Copy> {
    const before = copies.get(reference);
    const renewed = await request(options, { reference, before });
    copies.set(reference, renewed);
    return renewed;
  }

  return {
    async read(reference) {
      const before = copies.get(reference);
      if (before !== undefined && performance.now() - before.readAt < freshMs) return before.prompt;
      const asked = under.get(reference) ?? renew(reference).finally(() => under.delete(reference));
      under.set(reference, asked);
      return (await asked).prompt;
    },
  };
}

const UNCHANGED = 304;
const FAULT = 500;

async function request(
  { server, token, timeoutMs = TIMEOUT_MS }: PromptReaderOptions,
  { reference, before }: { readonly reference: string; readonly before: Copy | undefined },
): Promise<Copy> {
  const url = new URL(`/api/prompts/${encodeURIComponent(reference)}`, server);
  const headers = {
    authorization: `Bearer ${token}`,
    ...(before !== undefined && { 'if-none-match': before.tag }),
  };
  const signal = AbortSignal.timeout(timeoutMs);
  const answer = await fetch(url, { headers, signal }).catch((error: unknown) => String(error));
  const readAt = performance.now();
  const away = typeof answer === 'string' || answer.status >= FAULT;
  if (before !== undefined && (away || answer.status === UNCHANGED)) return { ...before, readAt };
  if (typeof answer === 'string')
    throw new PromptReadError(reference, null, `${server} does not answer: ${answer}`);
  if (!answer.ok) throw new PromptReadError(reference, answer.status, await answer.text());
  const prompt = servedPrompt.parse(await answer.json());
  return { prompt, tag: answer.headers.get('etag') ?? '', readAt };
}
