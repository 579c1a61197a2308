import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** How a program took a line. */
export type Took =
  | { readonly kind: 'answered'; readonly line: string }
  | { readonly kind: 'late' }
  | { readonly kind: 'ended'; readonly how: string; readonly code: number | null }
  | { readonly kind: 'not-started'; readonly why: string };

/** One process that takes a JSON line at a time and stays for the next. */
export type Program = {
  /** Lines that it has answered. */
  readonly answered: () => number;
  readonly alive: () => boolean;
  ask(line: string, withinMs: number, signal?: AbortSignal): Promise<Took>;
  /** What it wrote besides since it was last asked: the end of its standard error, and lines of its standard output that are no answer. */
  readonly besides: () => { readonly errors: string; readonly stray: readonly string[] };
  /** Ends it and whatever it started. */
  kill(): void;
};

export type ProgramStart = {
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
};

const ERRORS_KEPT = 2_000;
const STRAY_KEPT = 5;
const LINE_KEPT = 200;
const LARGEST_LINE = 32 * 1024 * 1024;
/** How long what a program wrote last may come after its end: a child of its own may hold the pipe open. */
const DRAIN_MS = 300;

export function startProgram({ command: [file, ...args], folder, env }: ProgramStart): Program {
  // A process group of its own, so that what it starts ends with it.
  const child = spawn(file, args, { cwd: folder, env, detached: true, windowsHide: true });
  let alive = true;
  let answered = 0;
  let errors = '';
  let stray: string[] = [];
  let asked: ((took: Took) => void) | null = null;
  const settle = (took: Took): void => {
    asked?.(took);
    asked = null;
  };
  const onLine = (line: string): void => {
    if (line.trim() === '') return;
    if (asked !== null && isObject(line)) {
      answered++;
      settle({ kind: 'answered', line });
    } else if (stray.length < STRAY_KEPT) stray.push(line.slice(0, LINE_KEPT));
  };
  readLines(child, onLine);
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text: string) => (errors = (errors + text).slice(-ERRORS_KEPT)));
  child.stdin.on('error', () => undefined);
  child.once('error', (error) => {
    alive = false;
    settle({ kind: 'not-started', why: error.message });
  });
  child.once('exit', (code, signal) => {
    alive = false;
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`;
    const tell = (): void => settle({ kind: 'ended', how, code });
    const timer = setTimeout(tell, DRAIN_MS);
    child.once('close', () => {
      clearTimeout(timer);
      tell();
    });
  });

  const kill = (): void => {
    alive = false;
    killTree(child);
  };

  return {
    answered: () => answered,
    alive: () => alive,
    besides: () => ({ errors: errors.trim(), stray }),
    kill,
    ask(line, withinMs, signal) {
      [errors, stray] = ['', []];
      return new Promise((resolve, reject) => {
        const onAbort = (): void => {
          asked = null;
          clearTimeout(timer);
          kill();
          reject(signal!.reason as Error);
        };
        const timer = setTimeout(() => {
          settle({ kind: 'late' });
          kill();
        }, withinMs);
        asked = (took) => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
          resolve(took);
        };
        if (signal?.aborted === true) return onAbort();
        signal?.addEventListener('abort', onAbort, { once: true });
        child.stdin.write(`${line}\n`);
      });
    },
  };
}

function readLines(child: ChildProcessWithoutNullStreams, onLine: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  child.stdout.on('data', (chunk: Buffer) => {
    const [first = '', ...more] = decoder.write(chunk).split('\n');
    rest += first;
    for (const line of more) {
      onLine(rest);
      rest = line;
    }
    if (rest.length > LARGEST_LINE) {
      onLine(rest);
      rest = '';
    }
  });
  child.stdout.once('end', () => {
    if (rest !== '') onLine(rest);
  });
}

function isObject(line: string): boolean {
  if (!line.trimStart().startsWith('{')) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

/** Ends a process, its group, and whatever below it has left that group. */
function killTree({ pid }: ChildProcessWithoutNullStreams): void {
  if (pid === undefined) return;
  for (const target of [...descendantsOf(pid), -pid, pid]) {
    try {
      process.kill(target, 'SIGKILL');
    } catch {
      continue;
    }
  }
}

/** Processes below this one where the system shows them (`/proc`); else none. */
function descendantsOf(root: number): readonly number[] {
  const parents = new Map<number, number>();
  try {
    for (const entry of readdirSync('/proc'))
      if (/^\d+$/.test(entry)) parents.set(Number(entry), parentOf(entry));
  } catch {
    return [];
  }
  const found = new Set([root]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  found.delete(root);
  return [...found];
}

function parentOf(pid: string): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
