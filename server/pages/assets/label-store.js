// What a rater has typed and said, kept on this device until the server has it: a reload or a lost network loses nothing.

const link = location.pathname.split('/')[2] ?? '';
const id = link.split('.')[0];
const key = (name) => `attune/${id}/${name}`;

/** What could not be stored: storage may be off or full. */
const unstored = new Map();

function read(name, otherwise) {
  if (unstored.has(name)) return unstored.get(name) ?? otherwise;
  try {
    return JSON.parse(localStorage.getItem(key(name))) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function write(name, value) {
  try {
    if (value === null) localStorage.removeItem(key(name));
    else localStorage.setItem(key(name), JSON.stringify(value));
    unstored.delete(name);
  } catch {
    unstored.set(name, value);
  }
}

export const loadDraft = (ordinal) => read(`draft/${ordinal}`, null);
export const saveDraft = (ordinal, draft) => write(`draft/${ordinal}`, draft);

/** A request of this rater. Throws an error with `status`; 0 where no answer came. */
export async function call(path, body) {
  let response;
  try {
    response = await fetch(`/api/rater${path}`, {
      method: body === undefined ? 'GET' : 'PUT',
      headers: { authorization: `Bearer ${link}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch {
    throw Object.assign(new Error('The server cannot be reached.'), { status: 0 });
  }
  const content = await response.json().catch(() => null);
  if (response.ok) return content;
  const message = content?.error?.message ?? `The server answered ${response.status}.`;
  throw Object.assign(new Error(message), { status: response.status });
}

const SLOWEST_MS = 15_000;
/** Longer than a page is on its way. */
const LATELY_MS = 60_000;

/** Answers that the server took within the last minute, oldest first: a page that it made before does not show them. */
export const arrivedLately = () =>
  read('arrived', []).filter(({ time }) => time > Date.now() - LATELY_MS);

const keepArrived = ({ ordinal, answer }) =>
  write('arrived', [...arrivedLately(), { ordinal, answer, time: Date.now() }]);

/**
 * Sends answers one after another, in order, and again until they arrive; the newest of an item replaces one that waits.
 * `on` hears of: waiting(count, error; null while they are on their way), arrived(entry, reply), refused(entry, error).
 */
export function createQueue(ahead, on) {
  let waiting = read('queue', []);
  let busy = false;
  let pause = 500;
  let timer;
  const keep = () => write('queue', waiting.length > 0 ? waiting : null);

  async function flush() {
    if (busy) return;
    busy = true;
    clearTimeout(timer);
    let stopped = null;
    while (waiting.length > 0 && stopped === null) stopped = await sendFirst();
    busy = false;
    on.waiting(waiting.length, stopped);
    if (stopped === null || stopped.status === 401) return;
    timer = setTimeout(() => void flush(), pause);
    pause = Math.min(pause * 2, SLOWEST_MS);
  }

  /** Null when done with the entry, else what keeps it waiting. */
  async function sendFirst() {
    const [entry] = waiting;
    try {
      const reply = await call(`/items/${entry.ordinal}`, { answer: entry.answer, ahead: ahead() });
      keepArrived(entry);
      drop(entry);
      pause = 500;
      on.arrived(entry, reply);
      return null;
    } catch (error) {
      const later = error.status === 0 || error.status === 401 || error.status === 429;
      if (later || error.status >= 500) return error;
      drop(entry);
      on.refused(entry, error);
      return null;
    }
  }

  const drop = (entry) => {
    waiting = waiting.filter((other) => other !== entry);
    keep();
  };
  const now = () => {
    pause = 500;
    void flush();
  };
  addEventListener('online', now);
  return {
    add(ordinal, answer) {
      // One that is under way is left alone: the server takes both in order.
      waiting = waiting.filter((entry, at) => entry.ordinal !== ordinal || (busy && at === 0));
      waiting.push({ ordinal, answer });
      keep();
      on.waiting(waiting.length, null);
      now();
    },
    entries: () => waiting,
    flush: now,
  };
}
