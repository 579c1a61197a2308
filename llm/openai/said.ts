type Fields = Readonly<Record<string, unknown>>;

/** What a refusal says, out of the shapes that servers give it. */
export type Said = {
  /** The status that it names itself, as errors inside of a 200 do. */
  readonly status: number | null;
  /** Code, type and status words. */
  readonly code: string;
  readonly param: string | null;
  readonly message: string;
  /** It gives reasons of a moderation. */
  readonly moderated: boolean;
};

/** Reads an error body: `{error: {...}}`, `{error: "..."}`, `{detail: ...}`, `{message: ...}`, `{errors: [...]}` or a list of one; null where it is none. */
export function saidIn(body: unknown): Said | null {
  const outer = objectOf(Array.isArray(body) ? (body as unknown[])[0] : body);
  if (outer === null) return null;
  const error = outer['error'] ?? firstOf(outer['errors']);
  if (typeof error === 'string')
    return said({ message: error, ...pick(outer, ['code', 'status', 'detail']) });
  const inner = objectOf(error);
  if (inner !== null) return said(inner);
  if (isError(outer)) return said(outer);
  return null;
}

const isError = (outer: Fields): boolean =>
  outer['object'] === 'error' ||
  outer['type'] === 'error' ||
  outer['detail'] !== undefined ||
  (outer['message'] !== undefined && typeof outer['message'] !== 'object') ||
  typeof outer['msg'] === 'string';

function said(error: Fields): Said {
  const metadata = objectOf(error['metadata']);
  const inner = objectOf(error['innererror']);
  const code = [error['code'], error['type'], error['status'], inner?.['code']]
    .filter((word) => typeof word === 'string')
    .join(' ');
  const message = [messageIn(error), rawOf(metadata), sizesOf(error)]
    .filter((text) => text !== '')
    .join(': ');
  return {
    status: statusOf(error),
    code,
    param: typeof error['param'] === 'string' ? error['param'] : null,
    message,
    moderated: Array.isArray(metadata?.['reasons']) || metadata?.['flagged_input'] !== undefined,
  };
}

/** FastAPI, zod and others list what is wrong; the place of each goes before its message. */
function messageIn(error: Fields): string {
  for (const name of ['message', 'detail', 'msg', 'error', 'title', 'errors']) {
    const found = flat(error[name]);
    if (found !== '') return found;
  }
  return flat(error['details']);
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value.trim();
  if (Array.isArray(value)) return value.map(flat).filter(Boolean).join('; ');
  const item = objectOf(value);
  if (item === null) return '';
  const { loc, path, keys } = item;
  const place = [loc, path, keys]
    .flatMap((list) => (Array.isArray(list) ? [list.join('.')] : []))
    .filter(Boolean)
    .join(' ');
  const text = messageIn(item);
  return [place, text].filter((part) => part !== '').join(': ');
}

/** What a gateway's provider said is in its metadata. */
const rawOf = (metadata: Fields | null): string => {
  const raw = metadata?.['raw'];
  return typeof raw === 'string' ? raw.slice(0, 1_000) : '';
};

const sizesOf = (error: Fields): string =>
  ['n_prompt_tokens', 'n_ctx']
    .flatMap((name) => (typeof error[name] === 'number' ? [`${name}: ${error[name]}`] : []))
    .join(', ');

const STATUS: readonly (readonly [number, RegExp])[] = [
  [
    401,
    /unauthenticated|invalid_(api_)?key|invalid_authentication|authentication_error|unauthorized/i,
  ],
  [402, /insufficient_(quota|credits|balance)|billing|payment_required/i],
  [403, /permission_(denied|error)|forbidden/i],
  [404, /model_not_found|not_found/i],
  [429, /rate_?limit|resource_exhausted|too_many_requests/i],
  [
    400,
    /invalid_(request|argument|prompt|parameter|value)|unsupported|unknown_param|context_length|content_filter|bad_request/i,
  ],
  [503, /overloaded|unavailable/i],
];

function statusOf(error: Fields): number | null {
  for (const name of ['code', 'status', 'status_code', 'statusCode', 'http_status']) {
    const number = Number(error[name]);
    if (Number.isInteger(number) && number >= 400 && number < 600) return number;
  }
  const words = [error['code'], error['type'], error['status']]
    .filter((word) => typeof word === 'string')
    .join(' ');
  return STATUS.find(([, pattern]) => pattern.test(words))?.[0] ?? null;
}

const objectOf = (value: unknown): Fields | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
const firstOf = (value: unknown): unknown =>
  Array.isArray(value) ? (value as unknown[])[0] : undefined;
const pick = (from: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(
    names.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])),
  );
