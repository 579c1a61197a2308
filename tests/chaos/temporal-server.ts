import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import type { TemporalServerPrograms } from '../../scripts/temporal-server.ts';
import { freePorts } from '../../stack/ports.ts';

export type PersistentTemporal = {
  readonly address: string;
  /** Kills it with -9 and starts it again after so long. */
  killFor(ms: number): Promise<void>;
  close(): Promise<void>;
};

export type Persistence = {
  readonly programs: TemporalServerPrograms;
  /** Where its schemas are made, with a role that may create databases. */
  readonly admin: URL;
  /** Port by which the server itself reaches that PostgreSQL. */
  readonly port: number;
};

const READY_MS = 60_000;
const RESTART_MS = 1_000;
const CALL_MS = 5_000;
const SERVICES = ['frontend', 'history', 'matching', 'worker'] as const;

/** A Temporal server with its state in PostgreSQL: two databases of its own, set up by its own tool. */
export async function startPersistentTemporal(of: Persistence): Promise<PersistentTemporal> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-temporal-'));
  const names = { main: `temporal_${process.pid}`, visibility: `visibility_${process.pid}` };
  setUpSchema(of, names.main, 'postgresql/v12/temporal');
  setUpSchema(of, names.visibility, 'postgresql/v12/visibility');
  const ports = await freePorts(Array.from({ length: 2 * SERVICES.length }, () => undefined));
  const address = `127.0.0.1:${ports[0]}`;
  const file = join(folder, 'server.json');
  writeFileSync(file, JSON.stringify(configOf(of, names, ports)));
  const log = join(folder, 'server.log');

  const args = ['--config-file', file, '--allow-no-auth', 'start'];
  let child: ChildProcess | null = null;
  let wanted = true;
  // One that gives up while its database is away is started again, as whatever watches over services does.
  const start = (): void => {
    if (!wanted) return;
    const fd = openSync(log, 'a');
    const started = spawn(of.programs.server, args, { stdio: ['ignore', fd, fd], cwd: folder });
    closeSync(fd);
    child = started;
    started.once('exit', () => {
      if (child !== started) return;
      child = null;
      setTimeout(start, RESTART_MS).unref();
    });
  };
  const kill = async (): Promise<void> => {
    const killed = child;
    child = null;
    if (killed === null) return;
    const gone = once(killed, 'exit');
    killed.kill('SIGKILL');
    await gone;
  };
  const killAtExit = (): void => void child?.kill('SIGKILL');
  process.once('exit', killAtExit);
  start();
  await makeNamespace(address, 'ready').catch(async (error: unknown) => {
    wanted = false;
    await kill();
    throw new Error(`${String(error)}\n${readFileSync(log, 'utf8').slice(-3_000)}`);
  });
  return {
    address,
    async killFor(ms) {
      await kill();
      await sleep(ms);
      start();
    },
    async close() {
      wanted = false;
      process.off('exit', killAtExit);
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function setUpSchema({ programs, admin }: Persistence, database: string, schema: string): void {
  const tool = (...args: readonly string[]): void => {
    const at = ['--plugin', 'postgres12', '--ep', admin.hostname, '-p', admin.port];
    execFileSync(programs.sqlTool, [...at, '-u', admin.username, '--db', database, ...args], {
      env: { ...process.env, SQL_PASSWORD: decodeURIComponent(admin.password) },
      // It tells of each statement; what went wrong is in the error.
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: READY_MS,
    });
  };
  tool('create-database');
  tool('setup-schema', '-v', '0.0');
  tool('update-schema', '--schema-name', schema);
}

type Names = { readonly main: string; readonly visibility: string };

function configOf({ admin, port }: Persistence, names: Names, ports: readonly number[]): object {
  const store = (databaseName: string, maxConns: number): object => ({
    sql: {
      pluginName: 'postgres12',
      databaseName,
      connectAddr: `127.0.0.1:${port}`,
      connectProtocol: 'tcp',
      user: admin.username,
      password: decodeURIComponent(admin.password),
      maxConns,
      maxIdleConns: maxConns,
      maxConnLifetime: '1h',
    },
  });
  const services = SERVICES.map((service, at) => [
    service,
    { rpc: { grpcPort: ports[2 * at], membershipPort: ports[2 * at + 1], bindOnLocalHost: true } },
  ]);
  return {
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'visibility',
      numHistoryShards: 4,
      datastores: { main: store(names.main, 8), visibility: store(names.visibility, 2) },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: Object.fromEntries(services) as object,
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${ports[0]}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
  };
}

/** Waits for the server, makes the namespace, and waits until it is known everywhere: the server looks for new ones now and then. */
export async function makeNamespace(address: string, namespace: string): Promise<void> {
  const until = performance.now() + READY_MS;
  // A connection that could not be made would go on trying, so it is one that can be closed.
  const connection = Connection.lazy({ address });
  const { workflowService } = connection;
  const retention = { workflowExecutionRetentionPeriod: msToTs('1d') };
  try {
    for (let made = false; ;)
      try {
        await connection.withDeadline(Date.now() + CALL_MS, async () => {
          if (!made)
            await workflowService.registerNamespace({ namespace, ...retention }).catch(unlessThere);
          made = true;
          await workflowService.describeTaskQueue({ namespace, taskQueue: { name: 'ready' } });
        });
        return;
      } catch (error) {
        if (performance.now() > until) throw error;
        await sleep(500);
      }
  } finally {
    await connection.close();
  }
}

function unlessThere(error: unknown): void {
  if (!/already exists/i.test(String(error))) throw error;
}
