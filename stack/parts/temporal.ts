import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Assembly } from '../assembly.ts';
import type { Wishes } from '../environment.ts';
import { StackConfigError } from '../errors.ts';
import type { StackInfo } from '../info.ts';
import { loadPorts, savePorts } from '../port-memory.ts';
import { freePorts } from '../ports.ts';
import { reachable } from '../reach.ts';
import { environmentOf } from './environments.ts';
import { findTemporal } from '../temporal/find.ts';
import { temporalLaunch } from '../temporal/server.ts';

/** Starts the Temporal development server, or checks that something listens at TEMPORAL_ADDRESS. */
export async function startTemporal(
  assembly: Assembly,
  wish: Wishes['temporal'],
): Promise<StackInfo['temporal']> {
  if (wish !== 'embedded') return attach(assembly, wish);
  const { layout, env, log } = assembly;
  const { path, via } = await findTemporal({
    env,
    dataDir: layout.dataDir,
    log,
    signal: assembly.signal,
  });
  log(`Temporal CLI: ${path} (${FOUND[via]})`);
  const remembered = loadPorts(layout);
  const [grpc = 0, ui = 0, http = 0, metrics = 0] = await freePorts([
    remembered.temporal,
    remembered.ui,
    undefined,
    undefined,
  ]);
  savePorts(layout, { temporal: grpc, ui });
  const clean = ownEnvironment(layout.temporalConfig);
  await assembly.start('temporal', () =>
    temporalLaunch({
      command: path,
      ports: { grpc, http, metrics, ui },
      logFile: join(layout.logs, 'temporal.log'),
      env: environmentOf('temporal', { ...env, ...clean }),
      cwd: layout.dataDir,
      databaseFile: layout.temporalDatabase,
    }),
  );
  const where = {
    address: `127.0.0.1:${grpc}`,
    namespace: 'default',
    ui: `http://127.0.0.1:${ui}`,
  };
  return { ...where, attached: false, cli: path, env: clean, ports: [http, metrics] };
}

const FOUND = {
  path: 'on PATH',
  cache: 'from the cache',
  wheel: 'from its wheel, checksum verified',
  download: 'official download',
} as const;

/** The shell's settings for another Temporal server, TLS and keys included, must not reach ours. */
export function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

/** A config file that says nothing in place of the user's, whose default profile may hold keys or TLS for another server. */
function ownEnvironment(configFile: string): Record<string, string> {
  mkdirSync(dirname(configFile), { recursive: true, mode: 0o700 });
  writeFileSync(configFile, '[profile.default]\n');
  return { TEMPORAL_CONFIG_FILE: configFile };
}

async function attach(
  { env, onEvent }: Assembly,
  wish: { readonly attach: string; readonly namespace: string },
): Promise<StackInfo['temporal']> {
  const [host = '', port = '7233'] = wish.attach.split(/:(?=\d+$)/);
  if (!(await reachable(host, Number(port))))
    throw new StackConfigError(
      'TEMPORAL_ADDRESS',
      `Nothing listens at ${wish.attach} (TEMPORAL_ADDRESS). Start that server or correct the address; without TEMPORAL_ADDRESS the embedded one is used.`,
    );
  onEvent({ kind: 'attached', part: 'temporal', to: wish.attach });
  return { address: wish.attach, namespace: wish.namespace, attached: true, env: temporalOf(env) };
}

function temporalOf(env: NodeJS.ProcessEnv): Record<string, string> {
  const secret = /API_KEY|_DATA$|GRPC_META/;
  const entries = Object.entries(env).filter(
    ([name]) => name.startsWith('TEMPORAL_') && !secret.test(name),
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}
