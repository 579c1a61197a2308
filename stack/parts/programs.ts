import type { Assembly } from '../assembly.ts';
import type { StackInfo } from '../info.ts';
import { configFileOf } from '../layout.ts';
import { withoutTemporal } from './temporal.ts';
import { loadPorts, savePorts } from '../port-memory.ts';
import { freePort } from '../ports.ts';
import { together } from '../together.ts';
import type { Model } from './model.ts';

/** The processes that may be left out; database, Temporal and model are always there. */
export type OptionalPart = 'worker' | 'agent' | 'server';
export type ProgramsInput = {
  readonly info: StackInfo;
  readonly token: string;
  readonly model: Model;
  readonly services: readonly OptionalPart[];
};

/** Starts workers and server, and answers where the server listens; `environmentOf` says what each is given. */
export async function startPrograms(
  assembly: Assembly,
  { info, token, model, services }: ProgramsInput,
): Promise<StackInfo['server']> {
  const port = await freePort(loadPorts(assembly.layout).server);
  const env = {
    // Where links lead; a stack behind a name of its own sets it.
    ATTUNE_URL: `http://127.0.0.1:${port}`,
    ...programEnvironment(assembly, info, token),
  };
  const wanted = (part: OptionalPart) => services.includes(part);
  const startWorker = (part: 'worker' | 'agent') =>
    wanted(part) ? assembly.startProgram(part, { ...env, ...model.env }) : undefined;
  const [server] = await together(assembly, [
    wanted('server') ? startServer(assembly, env, port) : undefined,
    startWorker('worker'),
    startWorker('agent'),
  ]);
  return server && { url: `http://127.0.0.1:${server.port}`, token };
}

async function startServer(assembly: Assembly, env: NodeJS.ProcessEnv, port: number) {
  const { layout } = assembly;
  const running = await assembly.startProgram('server', env, port);
  savePorts(layout, { server: running.port });
  return running;
}

function programEnvironment(
  { env, cwd, layout }: Assembly,
  info: StackInfo,
  token: string,
): NodeJS.ProcessEnv {
  return {
    ...(info.temporal.attached ? env : withoutTemporal(env)),
    ...info.temporal.env,
    TEMPORAL_ADDRESS: info.temporal.address,
    TEMPORAL_NAMESPACE: info.temporal.namespace,
    ...(info.temporal.ui !== undefined && { ATTUNE_TEMPORAL_UI: info.temporal.ui }),
    DATABASE_URL: info.database.url,
    ATTUNE_PROJECT: info.project,
    ATTUNE_TOKEN: token,
    ATTUNE_DATA: layout.dataDir,
    ATTUNE_CONFIG: configFileOf(env, cwd),
    ATTUNE_CLOSED_PORTS: closedPorts(info).join(','),
  };
}

/** Where user code has no business: Temporal asks nobody who they are, and our own database is not its. */
function closedPorts({ temporal, database }: StackInfo): readonly number[] {
  const ui = temporal.attached || temporal.ui === undefined ? [] : [new URL(temporal.ui).port];
  const own = database.attached ? [] : [new URL(database.url).port];
  return [...(temporal.ports ?? []), /:(\d+)$/.exec(temporal.address)?.[1], ...ui, ...own]
    .map(Number)
    .filter((port) => port > 0);
}
