import { join } from 'node:path';
import type { Assembly } from '../assembly.ts';
import type { Wishes } from '../environment.ts';
import type { StackInfo } from '../info.ts';
import { loadPorts, savePorts } from '../port-memory.ts';
import { freePort } from '../ports.ts';
import { initialisePostgres } from '../postgres/initialise.ts';
import { placePostgres } from '../postgres/place.ts';
import { probePostgres } from '../postgres/probe.ts';
import { postgresLaunch, postgresUrl } from '../postgres/server.ts';
import { CLONE } from '../layout.ts';
import { StackConfigError } from '../errors.ts';

/** Starts the embedded PostgreSQL, or checks that the one named by DATABASE_URL answers. */
export async function startDatabase(
  assembly: Assembly,
  wish: Wishes['database'],
  password: string,
): Promise<StackInfo['database']> {
  if (wish !== 'embedded') return attach(assembly, wish.attach);
  const { layout } = assembly;
  const place = placePostgres(layout.dataDir, CLONE);
  await initialisePostgres(place, password);
  const port = await freePort(loadPorts(layout).postgres);
  savePorts(layout, { postgres: port });
  const logFile = join(layout.logs, 'postgres.log');
  await assembly.start('postgres', () => postgresLaunch({ place, port, logFile }));
  return { url: postgresUrl(port, password), attached: false };
}

async function attach(assembly: Assembly, url: string): Promise<StackInfo['database']> {
  const { host, hostname, port } = new URL(url);
  const state = await probePostgres(hostname, Number(port || 5432));
  if (state === 'down')
    throw new StackConfigError(
      'DATABASE_URL',
      `No PostgreSQL answers at ${host} (DATABASE_URL). Start it or correct the address; without DATABASE_URL the embedded one is used.`,
    );
  assembly.onEvent({ kind: 'attached', part: 'postgres', to: host });
  return { url, attached: true };
}
