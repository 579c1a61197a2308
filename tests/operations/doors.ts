import assert from 'node:assert/strict';
import { isRecord } from '../../contracts/json.ts';
import type { Db } from '../../db/connect.ts';
import { onlyReads, type Operation, pathOf, type Services } from '../../operations/operation.ts';
import { runOperation } from '../../operations/run.ts';
import { attuneHere, type Ran } from '../client/cli.ts';
import { type OpenDatabase, openDatabase } from '../db/database.ts';
import { PROJECT } from '../db/fixture.ts';
import { type RunningServer, send, startServer, TOKEN } from '../server/http.ts';

export type Answered = { readonly status: number; readonly body: unknown };
export type Refusal = { readonly kind: string; readonly message: string; readonly at: string };

/** One database behind three doors: the operations themselves, HTTP and the command line. */
export type Doors = {
  readonly db: Db;
  readonly url: string;
  direct(operation: Operation, input: object): Promise<unknown>;
  http(operation: Operation, input: object, key?: string): Promise<Answered>;
  cli(...args: readonly string[]): Promise<Ran>;
  stop(): Promise<unknown>;
};

const noTemporal = (): never => {
  throw new Error('no operation of these tests starts a workflow');
};

export async function openDoors(): Promise<Doors> {
  const database: OpenDatabase = await openDatabase();
  const server: RunningServer = await startServer({ DATABASE_URL: database.url });
  const services: Services = { db: database.db, project: PROJECT, temporal: noTemporal };
  const caller = { who: 'tester', role: 'admin' } as const;
  return {
    db: database.db,
    url: server.url,
    direct: (operation, input) => runOperation(operation, services, { caller, input }),
    http: (operation, input, key) => callApi(`${server.url}/api/v1`, { operation, input, key }),
    cli: (...args) => attuneHere(args, { DATABASE_URL: database.url, ATTUNE_PROJECT: PROJECT }),
    stop: () => server.stop(),
  };
}

type Call = {
  readonly operation: Operation;
  readonly input: object;
  readonly key?: string | undefined;
};

export async function callApi(base: string, { operation, input, key }: Call): Promise<Answered> {
  const url = new URL(base + pathOf(operation));
  if (!onlyReads(operation)) {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${TOKEN}`,
        'content-type': 'application/json',
        ...(key !== undefined && { 'idempotency-key': key }),
      },
      body: JSON.stringify(input),
    });
    return { status: response.status, body: await response.json() };
  }
  for (const [name, value] of Object.entries(input))
    for (const one of [value].flat())
      url.searchParams.append(name, isRecord(one) ? JSON.stringify(one) : String(one));
  return send(url.href);
}

/** What a refusal says. */
export function refusalOf({ body }: Answered): Refusal {
  assert.ok(isRecord(body) && isRecord(body['error']), JSON.stringify(body));
  return body['error'] as Refusal;
}
