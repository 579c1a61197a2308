import { createLimiter, type Limiter } from '../llm/limiter.ts';
import { OPEN } from './enclosure/enclosure.ts';
import { traceparentOf } from './http.ts';
import { type Program, startProgram } from './program.ts';
import {
  AgentAnswerError,
  AgentLateError,
  AgentUnreachableError,
  readReply,
  type Reply,
} from './reply.ts';
import type { AgentCall } from './result.ts';
import type { RunnerOptions } from './runner.ts';

/** Ended while it was at work: by its own fault, unless a fresh process does better. */
export class ProgramEndedError extends Error {
  override readonly name = 'ProgramEnded';
  readonly kind = 'refused';
  readonly retryable = false;
}

export type Programs = {
  /** @throws AgentUnreachableError | AgentAnswerError | AgentLateError | ProgramEndedError */
  run(call: AgentCall): Promise<Reply & { readonly remarks: readonly string[] }>;
  close(): void;
};

type Pool = { readonly idle: Program[]; readonly limiter: Limiter };

/** What a program may take to start, besides its time for a row. */
const START_MS = 30_000;

/** What any program needs of a shell. */
const COMMON =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TEMP|TMP|SYSTEMROOT|SSL_CERT_.*|(https?|no|all)_proxy)$/i;
/** Python holds its lines back where nobody looks on, and writes another encoding where no language is set. */
const PYTHON = { PYTHONUNBUFFERED: '1', PYTHONIOENCODING: 'utf-8' };
/** How shells, and what our enclosures start programs by, say that there is no such program. */
const NO_PROGRAM: ReadonlySet<number | null> = new Set([97, 98, 99, 126, 127]);

/** Programs of the user's, kept warm: each process works on one row at a time, and one that ended is started again. */
export function createPrograms(options: RunnerOptions): Programs {
  const pools = new Map<string, Pool>();
  const running = new Set<Program>();

  const poolOf = ({ agent }: AgentCall): Pool => {
    const key = JSON.stringify([agent.record.name, agent.record.fingerprint, agent.declaration]);
    const pool = pools.get(key) ?? {
      idle: [],
      limiter: createLimiter({ concurrency: agent.record.concurrency ?? 1 }),
    };
    pools.set(key, pool);
    return pool;
  };

  const start = ({ agent: { declaration, folder = '.' } }: AgentCall): Program => {
    if (declaration.kind !== 'command') throw new TypeError('not a program');
    const { enclosure = OPEN, env } = options;
    const [file, ...args] = declaration.command;
    const given = Object.entries(env).filter(
      ([name]) => COMMON.test(name) || declaration.env.includes(name),
    );
    const program = startProgram({
      command: [...enclosure.wrap(file!, args)],
      folder,
      env: enclosure.environment({ ...PYTHON, ...Object.fromEntries(given) }),
    });
    running.add(program);
    return program;
  };

  async function run(call: AgentCall): ReturnType<Programs['run']> {
    const pool = poolOf(call);
    const release = await pool.limiter.acquire(call.agent.record.name, call.signal ?? NEVER);
    let program = taken(pool) ?? start(call);
    try {
      let warm = program.answered() > 0;
      let took = await ask(program, call);
      // One that had answered before may have ended by what came before: alone with this row, a fresh one tells.
      if (took.kind === 'ended' && warm) {
        drop(program);
        program = start(call);
        warm = false;
        took = await ask(program, call);
      }
      if (took.kind === 'answered') {
        const { stray } = program.besides();
        return { ...readReply(took.line), remarks: stray.map(strayText) };
      }
      throw faultOf(took, program, call);
    } finally {
      if (program.alive()) pool.idle.push(program);
      else drop(program);
      release('done');
    }
  }

  const drop = (program: Program): void => {
    program.kill();
    running.delete(program);
  };

  return {
    run,
    close: () => {
      for (const program of running) program.kill();
    },
  };
}

const NEVER = new AbortController().signal;

/** A process that waits for work; those that ended meanwhile are forgotten. */
function taken({ idle }: Pool): Program | undefined {
  for (let program = idle.pop(); program !== undefined; program = idle.pop())
    if (program.alive()) return program;
  return undefined;
}

function ask(program: Program, { agent, inputs, prompts, traceId, signal }: AgentCall) {
  const line = JSON.stringify({ inputs, prompts, traceparent: traceparentOf(traceId) });
  const within = agent.record.timeoutMs + (program.answered() === 0 ? START_MS : 0);
  return program.ask(line, within, signal);
}

const strayText = (line: string): string =>
  `the program wrote a line to its standard output that is no answer: ${line}`;

function faultOf(
  took: Exclude<Awaited<ReturnType<typeof ask>>, { kind: 'answered' }>,
  program: Program,
  { agent: { record, declaration } }: AgentCall,
): Error {
  const { errors, stray } = program.besides();
  const wrote = [
    ...(errors === '' ? [] : [`its standard error ends: ${errors}`]),
    ...(stray.length === 0
      ? []
      : [
          `it wrote ${stray.length} lines to its standard output that are no JSON object, such as: ${stray[0]} (an answer is one line; everything else belongs on standard error)`,
        ]),
  ];
  const more = wrote.map((text) => `; ${text}`).join('');
  const command = declaration.kind === 'command' ? declaration.command.join(' ') : record.name;
  const never = program.answered() === 0;
  if (took.kind === 'late')
    return new AgentLateError(
      `the agent took more than ${record.timeoutMs / 1000} s, and was ended with what it had started${more}`,
    );
  if (took.kind === 'not-started' || (never && NO_PROGRAM.has(took.code)))
    return new AgentUnreachableError(
      `the program \`${command}\` cannot be started: ${took.kind === 'ended' ? took.how : took.why}${more}; install it, or correct \`command\` in attune.config.ts`,
    );
  if (took.code === 0 && never && errors === '')
    return new AgentAnswerError(
      `the program \`${command}\` ended without an answer: it must read lines from standard input for as long as there are any${more}`,
    );
  return new ProgramEndedError(
    `the program \`${command}\` ${took.how} while it was at work${more}`,
  );
}
