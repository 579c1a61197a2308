import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { type Enclosure, findEnclosure, OPEN } from '../../agents/enclosure/enclosure.ts';
import { withoutPowers } from '../../agents/enclosure/namespaces.ts';
import { LANDLOCK, landlocked } from '../../agents/enclosure/landlock.ts';
import { CLONE } from '../../stack/layout.ts';
import { attuneHere } from '../client/cli.ts';
import { startTestStack, type TestStack } from '../e2e/stack.ts';
import type { Haul, Target } from './fixtures/attack.ts';

const FIXTURES = join(CLONE, 'tests', 'attacks', 'fixtures');
const SECRETS = {
  OPENAI_API_KEY: 'sk-the-key-of-the-model',
  ATTUNE_WEBHOOK: 'https://hooks.example.test/the-webhook',
  ATTUNE_FORWARD_OTLP_URL: 'http://127.0.0.1:9/v1/traces',
  ATTUNE_FORWARD_OTLP_HEADERS: 'x-key=the-header-of-the-forwarding',
  ATTUNE_SPLIT_SALT: 'the-salt-of-the-split',
};

const folder = mkdtempSync(join(tmpdir(), 'attune-attack-'));
chmodSync(folder, 0o755);
const file = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};
const CONFIG = {
  agents: {
    thief: { kind: 'module', path: join(FIXTURES, 'agent.ts'), prompts: ['thief'] },
  },
  scorers: { thief: { path: join(FIXTURES, 'scorer.ts') } },
};
let stack: TestStack;
let target: Target;
let secrets: readonly string[];

before(async () => {
  stack = await startTestStack({
    own: true,
    env: {
      ...SECRETS,
      ATTUNE_MODEL: 'some-model',
      OPENAI_BASE_URL: 'http://127.0.0.1:9/v1',
      ATTUNE_CONFIG: file('attune.config.mjs', `export default ${JSON.stringify(CONFIG)};`),
    },
  });
  const { info } = stack.stack;
  const database = new URL(info.database.url);
  target = {
    dataDir: stack.dataDir,
    clone: CLONE,
    server: info.server!.url,
    temporal: info.temporal.address,
    database: Number(database.port),
  };
  const { ATTUNE_FORWARD_OTLP_URL: _, ...hidden } = SECRETS;
  secrets = [...Object.values(hidden), info.server!.token, database.password];
});
after(async () => {
  await stack.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Fails with what a thief got: anything but its own environment is loot, and a secret is loot wherever it lay. */
function assertNothing(text: string | null | undefined): void {
  assert.ok(text, 'the attack ran');
  const haul = JSON.parse(text) as Haul;
  assert.equal(haul[0]?.[0], 'own environment');
  const loot = haul.slice(1).map(([from, got]) => `${from}: ${got.slice(0, 200)}`);
  assert.deepEqual(loot, []);
  for (const secret of secrets) assert.equal(text.includes(secret), false, secret);
}

test('an agent and a code scorer that take what they can get get nothing', async () => {
  const env = { ATTUNE_DATA: stack.dataDir };
  const row = file('row.jsonl', JSON.stringify({ id: 'r', inputs: target }));
  for (const args of [
    ['dataset', 'import', 'loot', row],
    ['prompt', 'register', 'thief', file('thief.txt', 'Take it.')],
    'evaluate --dataset loot --unseal --agent thief --prompt thief@1 --scorer thief --name raid'.split(
      ' ',
    ),
  ]) {
    const ran = await attuneHere(args, env);
    assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.out}${ran.err}`);
  }
  const db = await stack.cli().connections.database();
  const rollout = await db.selectFrom('rollout').select('outputs').executeTakeFirstOrThrow();
  assertNothing((rollout.outputs as { haul?: string } | null)?.haul);
  const assessed = await db.selectFrom('assessment').selectAll().executeTakeFirstOrThrow();
  assertNothing(assessed.rationale);
});

const run = promisify(execFile);

async function raid(enclosure: Enclosure, program: string): Promise<string> {
  const [command, ...args] = enclosure.wrap(process.execPath, [program]);
  const going = run(command, args, {
    env: enclosure.environment({ PATH: process.env['PATH'] }),
    maxBuffer: 50_000_000,
  });
  going.child.stdin!.end(JSON.stringify(target));
  return (await going).stdout;
}

const hiding = (needs: readonly string[]) => ({
  folders: [stack.dataDir],
  fixed: ['worker', 'node_modules'].map((name) => join(CLONE, name)),
  ports: [Number(target.temporal.split(':')[1])],
  needs,
});

test('where only its owner may enter the folder of the code, the same user sees nothing but its own processes', async () => {
  const closed = mkdtempSync(join(folder, 'closed-'));
  cpSync(FIXTURES, closed, { recursive: true });
  const enclosure = await findEnclosure(hiding([closed]));
  assert.deepEqual(enclosure.promises, {
    anotherUser: false,
    processes: true,
    files: true,
    ports: true,
  });
  assertNothing(await raid(enclosure, join(closed, 'program.ts')));
});

test('where the system has no namespaces, Landlock alone keeps a program from other processes and from Temporal', async () => {
  const lock = landlocked(LANDLOCK.ports, [Number(target.temporal.split(':')[1])])!;
  const [command = '', ...rest] = process.getuid?.() === 0 ? [...withoutPowers(), ...lock] : lock;
  const enclosure: Enclosure = {
    ...OPEN,
    wrap: (program, args) => [command, ...rest, program, ...args],
  };
  const haul = JSON.parse(await raid(enclosure, join(FIXTURES, 'program.ts'))) as Haul;
  const from = new Set(haul.map(([place]) => place));
  for (const place of [
    "other's environ",
    "other's maps",
    'memory',
    'open files',
    'signals',
    'Temporal',
  ])
    assert.ok(!from.has(place), place);
});

test('the attack gets plenty where nothing keeps it back: it can tell', async () => {
  const haul = JSON.parse(await raid(OPEN, join(FIXTURES, 'program.ts'))) as Haul;
  const from = haul.map(([place]) => place);
  for (const place of ["other's environ", 'open files', 'signals', 'Temporal'])
    assert.ok(from.includes(place), place);
  assert.ok(from.some((place) => place.endsWith('stack.json')));
});

test('no process of the stack shows a secret to who may look at it', async () => {
  const { stdout } = await run('ps', ['-A', '-o', 'pid='], { encoding: 'utf8' });
  const shown = stdout
    .trim()
    .split(/\s+/)
    .filter((pid) => pid !== String(process.pid))
    .flatMap((pid) =>
      ['environ', 'cmdline'].map((name) => {
        try {
          return readFileSync(`/proc/${pid}/${name}`, 'latin1');
        } catch {
          return '';
        }
      }),
    );
  for (const secret of secrets)
    assert.equal(
      shown.some((text) => text.includes(secret)),
      false,
      secret,
    );
});
