/** A part of the stack could not be started or kept up. The message names the part, the log file and its last lines. */
export class PartFailedError extends Error {
  override readonly name = 'PartFailedError';
  readonly kind = 'internal';
  readonly retryable = false;
  readonly part: string;
  readonly logFile: string;
  constructor(part: string, reason: string, log: { readonly file: string; readonly tail: string }) {
    super(`${part} ${reason}. Its log is ${log.file}; the last lines:\n${log.tail || '(empty)'}`);
    this.part = part;
    this.logFile = log.file;
  }
}

/** Another live process holds the data folder. */
export class StackRunningError extends Error {
  override readonly name = 'StackRunningError';
  readonly kind = 'refused';
  readonly retryable = false;
  readonly dataDir: string;
  readonly pid: number;
  constructor(dataDir: string, pid: number) {
    super(
      `A stack already runs on ${dataDir} (process ${pid}). Every attune command uses it as it is; \`attune stop\` ends it, and another data folder may be named with ATTUNE_DATA.`,
    );
    this.dataDir = dataDir;
    this.pid = pid;
  }
}

/** The environment asks for something that cannot be: an invalid use, exit code 2. */
export class StackConfigError extends Error {
  override readonly name = 'StackConfigError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly variable: string;
  constructor(variable: string, message: string) {
    super(message);
    this.variable = variable;
  }
}

/** A program the stack needs was not found anywhere; `tried` says where it was looked for and what came of it. */
export class ProgramMissingError extends Error {
  override readonly name = 'ProgramMissingError';
  readonly kind = 'internal';
  readonly retryable = false;
  readonly program: string;
  readonly tried: readonly string[];
  constructor(program: string, tried: readonly string[], remedy: string) {
    super(`${program} was not found.\n${tried.map((line) => `  - ${line}`).join('\n')}\n${remedy}`);
    this.program = program;
    this.tried = tried;
  }
}

/** The start was called off by a signal; everything begun has been ended. */
export class StackInterruptedError extends Error {
  override readonly name = 'StackInterruptedError';
  readonly kind = 'internal';
  readonly retryable = false;
  constructor() {
    super('The start of the stack was interrupted; what had been started has been stopped.');
  }
}
