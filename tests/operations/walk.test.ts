import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { z } from 'zod';
import { createProgram } from '../../client/program.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { listAudit } from '../../db/audit.ts';
import { OPERATIONS } from '../../operations/index.ts';
import { onlyReads, type Operation, pathOf } from '../../operations/operation.ts';
import { PROJECT } from '../db/fixture.ts';
import { send } from '../server/http.ts';
import { type Doors, openDoors, refusalOf } from './doors.ts';
import { CASES, fill } from './cases.ts';

let doors: Doors;
before(async () => {
  doors = await openDoors();
  await fill(doors);
});
after(() => doors.stop());

const named = (name: string): Operation => OPERATIONS.find((found) => found.name === name)!;
const shapeOf = ({ input }: Operation) =>
  (input as z.ZodObject).shape as Readonly<Record<string, z.ZodType>>;

test('operations have names of their own, of two words', () => {
  const names = OPERATIONS.map(({ name }) => name);
  assert.deepEqual(names.toSorted(), [...new Set(names)].toSorted());
  for (const name of names) assert.match(name, /^[a-z-]+\.[a-z-]+$/);
});

test('what an operation says is one sentence, alike in OpenAPI and in the help of its command', async () => {
  const { body } = await send(`${doors.url}/api/v1/openapi.json`);
  const { openapi, paths } = body as {
    openapi: string;
    paths: Record<string, Record<string, { summary: string; operationId: string }>>;
  };
  assert.match(openapi, /^3\.1\./);
  const screen = { out: () => undefined, err: () => undefined };
  const program = createProgram({ act: () => async () => undefined, version: '0', screen });
  for (const { name, says, ...operation } of OPERATIONS) {
    assert.match(says, /^[A-Z].*\.$/, name);
    const entry = Object.values(paths[`/api/v1${pathOf({ name, says, ...operation })}`]!)[0]!;
    assert.deepEqual([entry.summary, entry.operationId], [says, name]);
    let command: typeof program | undefined = program;
    for (const word of (CASES[name]?.command ?? name.replace('.', ' ')).split(' '))
      command = command?.commands.find((one) => one.name() === word);
    if (CASES[name]?.command === '') continue;
    assert.ok(command, `no command ${name}`);
    assert.equal(command.description(), says, name);
  }
});

const invalid = (name: string, at: string) => (error: unknown) =>
  error instanceof InvalidInputError &&
  error.faults.some((fault) => fault.at === at) &&
  error.hint?.startsWith(`${name} takes: `) === true;

for (const operation of OPERATIONS) {
  const { name } = operation;
  const fields = Object.keys(shapeOf(operation));
  const needed = fields.find((field) => !shapeOf(operation)[field]!.isOptional());

  test(`${name}: the example passes, and a field that is not known or missing is refused with its place and the remedy`, async () => {
    assert.ok((operation.input as z.ZodObject).safeParse(operation.example).success);
    const strange = { ...operation.example, colour: 'red' };
    await assert.rejects(doors.direct(operation, strange), invalid(name, 'colour'));
    const refused = await doors.http(operation, strange);
    const { kind, at, message } = refusalOf(refused);
    assert.deepEqual([refused.status, kind, at], [400, 'invalid', 'colour']);
    assert.match(message, /is not a known field; .* takes: /);
    if (needed === undefined) return;
    const { [needed]: _, ...lacking } = operation.example as Record<string, unknown>;
    await assert.rejects(doors.direct(operation, lacking), invalid(name, needed));
    assert.equal(refusalOf(await doors.http(operation, lacking)).at, needed);
  });
}

for (const [name, { reads, writes, foreign }] of Object.entries(CASES)) {
  if (reads !== undefined)
    test(`${name}: operation, HTTP and command line answer the same`, async () => {
      const operation = named(name);
      assert.ok(onlyReads(operation));
      const direct = await doors.direct(operation, reads.input);
      const parsed = (operation.output as z.ZodType).safeParse(direct);
      assert.ok(parsed.success, String(parsed.error));
      const { status, body } = await doors.http(operation, reads.input);
      assert.equal(status, 200, JSON.stringify(body));
      assert.deepEqual(body, JSON.parse(JSON.stringify(direct)));
      if (reads.cli === undefined) return;
      const { out, err, code } = await doors.cli(...reads.cli, '--json');
      assert.equal(code, 0, err);
      const { items } = direct as { items?: unknown };
      const listed = Array.isArray(items) ? items : direct;
      assert.deepEqual(JSON.parse(out), JSON.parse(JSON.stringify(listed)));
    });

  if (writes !== undefined)
    test(`${name}: a request and its repeat under one key write once, with one row of audit`, async () => {
      const operation = named(name);
      const { input, subject } = writes;
      const rows = async (): Promise<number> => {
        const all = await listAudit(doors.db, { project: PROJECT, subject });
        return all.filter(({ action }) => action === (writes.action ?? name)).length;
      };
      const already = await rows();
      const first = await doors.http(operation, input, `key of ${name}`);
      assert.equal(first.status, 200, JSON.stringify(first.body));
      const parsed = (operation.output as z.ZodType).safeParse(first.body);
      assert.ok(parsed.success, String(parsed.error));
      assert.deepEqual(await doors.http(operation, input, `key of ${name}`), first);
      assert.equal((await rows()) - already, 1);
    });

  if (foreign !== undefined)
    test(`${name}: what is not there is refused by name, alike at every door`, async () => {
      const operation = named(name);
      const [at, missing] = Object.entries(foreign.input).find(([, value]) =>
        /nowhere/.test(JSON.stringify(value)),
      )!;
      const refused = await doors.http(operation, foreign.input);
      const said = refusalOf(refused);
      assert.deepEqual([refused.status, said.kind, said.at], [404, 'not-found', at]);
      assert.ok(said.message.includes(String(missing)), said.message);
      await assert.rejects(doors.direct(operation, foreign.input), { kind: 'not-found' });
      if (foreign.cli === undefined) return;
      const { code, err } = await doors.cli(...foreign.cli);
      assert.equal(code, 2, err);
      assert.ok(err.includes(said.message), `${err} has not: ${said.message}`);
    });
}
