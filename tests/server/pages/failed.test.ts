import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createActivities } from '../../../activities/index.ts';
import { failCycle } from '../../../db/cycles/phases.ts';
import { reportCycle } from '../../../operations/cycle/report.ts';
import { depsOver } from '../../activities/deps.ts';
import { type OpenDatabase, openDatabase } from '../../db/database.ts';
import { PROJECT, startCycle } from '../../db/fixture.ts';
import { asOwner, type RunningServer, startServer } from '../http.ts';

let database: OpenDatabase;
let server: RunningServer;
let key: string;
before(async () => {
  database = await openDatabase();
  ({ key } = await startCycle(database.db));
  server = await startServer({ DATABASE_URL: database.url, TEMPORAL_ADDRESS: '127.0.0.1:1' });
});
after(() => server.stop());

const read = async (path: string): Promise<string> =>
  (await asOwner(server, path, { headers: { accept: 'text/html' } })).text();

/** Who failed and why, on the list, on the page and in place of the report; the page and the report name the next command. */
async function toldEverywhere(why: RegExp): Promise<void> {
  const list = await read('/cycles');
  assert.match(list, /failed/);
  assert.match(list, why);
  const page = await read(`/cycles/${key}`);
  assert.match(page, why);
  assert.match(page, new RegExp(`cycle resume \\S*${key}`));
  const context = { db: database.db, project: PROJECT } as Parameters<typeof reportCycle.run>[0];
  await assert.rejects(reportCycle.run(context, { cycle: key }), (error: Error) => {
    assert.match(error.message, why);
    assert.match(error.message, /because it failed[^]*cycle resume[^]*cycle start <spec>/);
    return true;
  });
}

test('a cycle that is refused has failed, with its reason and the next command wherever it is looked up', async () => {
  const { endRefused } = createActivities(depsOver(database.db));
  const [cycle, number] = key.split('/');
  const ref = { project: PROJECT, cycle: cycle!, number: Number(number) };
  await endRefused({ ref, why: 'agent `nobody` is not declared' });
  await toldEverywhere(/agent `nobody` is not declared/);
});

test('so has one whose work could not be done', async () => {
  const { cycle, number, key: other } = await startCycle(database.db);
  key = other;
  const why = 'evaluate: 31 of 39 rows could not be measured';
  await failCycle(database.db, { project: PROJECT, cycle, number }, why);
  await toldEverywhere(/31 of 39 rows could not be measured/);
});
