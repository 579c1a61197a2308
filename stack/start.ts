import { mkdirSync, rmSync } from 'node:fs';
import { type Assembly, createAssembly } from './assembly.ts';
import { type Wishes, readWishes } from './environment.ts';
import { StackInterruptedError } from './errors.ts';
import { writePrivate } from './files.ts';
import type { StackInfo } from './info.ts';
import { type Layout, layoutOf } from './layout.ts';
import { takeLock } from './lock.ts';
import { endOrphans } from './orphans.ts';
import type { StackEvent } from './part.ts';
import { startDatabase } from './parts/database.ts';
import { startModel } from './parts/model.ts';
import { type OptionalPart, startPrograms } from './parts/programs.ts';
import { startTemporal } from './parts/temporal.ts';
import { PROGRAMS, type Programs } from './programs.ts';
import { loadSecrets } from './secrets.ts';
import { together } from './together.ts';

export type StackOptions = {
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
  /** Working folder of the workers (attune.config.ts is looked for there). */
  readonly cwd?: string;
  readonly services?: readonly OptionalPart[];
  readonly programs?: Programs;
  readonly log?: (line: string) => void;
  readonly onEvent?: (event: StackEvent) => void;
  /** Calls off the start, or stops the stack. */
  readonly signal?: AbortSignal;
};
export type StackEnd =
  { readonly reason: 'stopped' } | { readonly reason: 'failed'; readonly message: string };
export type Stack = {
  readonly info: StackInfo;
  readonly stop: () => Promise<void>;
  /** Resolves when every process is gone, whoever asked for it. */
  readonly ended: Promise<StackEnd>;
};

const NOTHING = () => {};
const ALL: readonly OptionalPart[] = ['worker', 'agent', 'server'];

/**
 * Starts everything that the environment does not attach, concurrently where possible, and watches over it. Ends first what an earlier
 * stack left running. Throws StackRunningError, StackConfigError, ProgramMissingError, PartFailedError or StackInterruptedError, and then
 * leaves no process behind.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const {
    log = NOTHING,
    onEvent = NOTHING,
    signal,
    env,
    cwd = process.cwd(),
    programs = PROGRAMS,
  } = options;
  const wishes = readWishes(env);
  if (signal?.aborted) throw new StackInterruptedError();
  const layout = layoutOf(options.dataDir);
  makeFolders(layout);
  const { owner, release } = takeLock(layout);
  const ended = Promise.withResolvers<StackEnd>();
  const gaveUp = Promise.withResolvers<string>();
  const onFailed = (part: string, reason: string) =>
    gaveUp.resolve(`${part} kept dying: ${reason}`);
  const assembly = createAssembly({ layout, env, cwd, owner, programs, log, onEvent, onFailed });
  const stop = async (end: StackEnd): Promise<void> => {
    await assembly.stop();
    rmSync(layout.info, { force: true });
    release();
    ended.resolve(end);
  };
  const callOff = () => void assembly.stop();
  signal?.addEventListener('abort', callOff, { once: true });
  try {
    await endOrphans(layout, onEvent);
    const info = await assemble(assembly, wishes, options.services ?? ALL);
    if (assembly.signal.aborted) throw new StackInterruptedError();
    writePrivate(layout.info, JSON.stringify(info));
    const asked = () => void stop({ reason: 'stopped' });
    signal?.addEventListener('abort', asked, { once: true });
    void gaveUp.promise.then((message) => stop({ reason: 'failed', message }));
    void ended.promise.then(() => signal?.removeEventListener('abort', asked));
    return { info, stop: () => stop({ reason: 'stopped' }), ended: ended.promise };
  } catch (error) {
    await stop({ reason: 'stopped' });
    throw signal?.aborted ? new StackInterruptedError() : error;
  } finally {
    signal?.removeEventListener('abort', callOff);
  }
}

/** As root, the account `postgres` must be able to pass through the data folder; what is private in it is kept from it by mode. */
function makeFolders(layout: Layout): void {
  mkdirSync(layout.dataDir, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  mkdirSync(layout.logs, { recursive: true, mode: 0o700 });
}

async function assemble(
  assembly: Assembly,
  wishes: Wishes,
  services: readonly OptionalPart[],
): Promise<StackInfo> {
  const { layout, owner, env } = assembly;
  const { token, databasePassword } = loadSecrets(layout);
  const [database, temporal, model] = await together(assembly, [
    startDatabase(assembly, wishes.database, databasePassword),
    startTemporal(assembly, wishes.temporal),
    startModel(assembly, wishes.model),
  ]);
  const { env: _, ...shown } = model;
  const info: StackInfo = {
    owner,
    dataDir: layout.dataDir,
    logs: layout.logs,
    project: env['ATTUNE_PROJECT'] || 'default',
    database,
    temporal,
    model: shown,
  };
  const server = await startPrograms(assembly, { info, token, model, services });
  return { ...info, ...(server && { server }) };
}
