type Fields = Record<string, unknown>;

/** Whether a body is a stream of events or lines of JSON, which some servers send though none was asked for. */
export const isStream = (text: string, type: string): boolean =>
  /event-stream|ndjson|jsonl/i.test(type) || /^\s*(data|event|id|retry)?:/.test(text);

/** The pieces of a stream put together as the one reply that was asked for; null where it broke off or holds none. */
export function joinStream(text: string): Fields | null {
  const { chunks, ended } = chunksOf(text);
  const fault = chunks.find((chunk) => chunk['error'] !== undefined && chunk['error'] !== null);
  if (fault !== undefined) return fault;
  const whole = chunks.find((chunk) => messageIn(chunk) !== null);
  if (whole !== undefined) return whole;
  return joinChunks(chunks, ended);
}

/** Pieces of a reply, in order; `ended`: the stream said that it is over. */
export function joinChunks(chunks: readonly Fields[], ended: boolean): Fields | null {
  const message: Fields = { role: 'assistant' };
  const calls = new Map<number, Fields>();
  let finish: unknown = null;
  let usage: unknown;
  let seen = false;
  for (const chunk of chunks) {
    usage = chunk['usage'] ?? usage;
    const choice = firstOf(chunk['choices']);
    if (choice === null) continue;
    usage = choice['usage'] ?? usage;
    if (choice['error']) return chunk;
    seen = true;
    finish = choice['finish_reason'] ?? finish;
    for (const [key, value] of Object.entries((choice['delta'] ?? {}) as Fields))
      if (key === 'tool_calls') addCalls(calls, value);
      else if (key !== 'role') message[key] = added(message[key], value);
  }
  if (!seen || (finish === null && !ended)) return null;
  if (calls.size > 0) message['tool_calls'] = [...calls.values()];
  return { choices: [{ index: 0, finish_reason: finish ?? 'stop', message }], usage };
}

function chunksOf(text: string): { readonly chunks: Fields[]; readonly ended: boolean } {
  const chunks: Fields[] = [];
  let ended = false;
  for (const data of eventsOf(text)) {
    if (data === '[DONE]') ended = true;
    try {
      const chunk: unknown = JSON.parse(data);
      if (typeof chunk === 'object' && chunk !== null) chunks.push(chunk as Fields);
    } catch {
      // A comment, or a line that broke off: without an end after it the stream is not whole.
    }
  }
  return { chunks, ended: ended || chunks.some((chunk) => chunk['done'] === true) };
}

/** The data of each event; bare lines count as one each. */
function eventsOf(text: string): string[] {
  return text.split(/\r?\n\r?\n/).flatMap((event) => {
    const lines = event.split(/\r?\n/);
    const data = lines
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trim());
    if (data.length === 0) return lines.map((line) => line.trim()).filter((line) => line !== '');
    const joined = data.join('\n');
    // Servers that end events with one line break have many to a block.
    return data.length === 1 || isObject(joined) ? [joined] : data;
  });
}

function isObject(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** A chunk that holds the whole message already. */
function messageIn(chunk: Fields): Fields | null {
  const message = firstOf(chunk['choices'])?.['message'];
  return typeof message === 'object' &&
    message !== null &&
    firstOf(chunk['choices'])?.['delta'] === undefined
    ? (message as Fields)
    : null;
}

const firstOf = (list: unknown): Fields | null => {
  const item: unknown = Array.isArray(list) ? list[0] : null;
  return typeof item === 'object' && item !== null ? (item as Fields) : null;
};

/** Texts are joined and lists go on; of anything else the last one holds. */
function added(before: unknown, next: unknown): unknown {
  if (next === null || next === undefined) return before;
  if (typeof before === 'string' && typeof next === 'string') return before + next;
  if (Array.isArray(before) && Array.isArray(next))
    return [...(before as unknown[]), ...(next as unknown[])];
  if (typeof before === 'string' && Array.isArray(next))
    return [{ type: 'text', text: before }, ...(next as unknown[])];
  if (Array.isArray(before) && typeof next === 'string')
    return [...(before as unknown[]), { type: 'text', text: next }];
  return next;
}

function addCalls(calls: Map<number, Fields>, list: unknown): void {
  if (!Array.isArray(list)) return;
  for (const [at, item] of (list as Fields[]).entries()) {
    const index = typeof item['index'] === 'number' ? item['index'] : at;
    const call = calls.get(index) ?? { type: 'function', function: {} };
    const own = call['function'] as Fields;
    const next = (item['function'] ?? {}) as Fields;
    calls.set(index, {
      ...call,
      ...(item['id'] ? { id: item['id'] } : {}),
      function: {
        ...own,
        ...(next['name'] ? { name: next['name'] } : {}),
        arguments: `${(own['arguments'] as string | undefined) ?? ''}${(next['arguments'] as string | undefined) ?? ''}`,
      },
    });
  }
}
