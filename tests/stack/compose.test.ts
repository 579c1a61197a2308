import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { SEARCH_ATTRIBUTES } from '../../contracts/temporal.ts';
import { testTemporal } from '../services.ts';
import {
  ROOT,
  type Service,
  composeFile,
  composeSchema,
  rawCompose,
  read,
} from './compose-file.ts';

const run = promisify(execFile);
const { services, volumes } = composeFile();
const each = Object.entries(services);
const text = read('docker-compose.yml');

test('the file follows the JSON schema of the Compose specification', () => {
  const schema = composeSchema();
  const result = schema.safeParse(rawCompose());
  assert.deepEqual(result.error?.issues ?? [], []);
  const wrong = { services: { a: { image: 'x', depends_on: { b: { condition: 'service_up' } } } } };
  assert.equal(schema.safeParse(wrong).success, false, 'the schema is not blind');
});

test('it has the services of design.md, each of a fixed version', () => {
  const names = [
    'agent',
    'postgres',
    'server',
    'temporal',
    'temporal-namespace',
    'temporal-schema',
    'temporal-ui',
    'worker',
  ];
  assert.deepEqual(Object.keys(services).toSorted(), names);
  for (const [name, { image }] of each) assert.match(image, /:(local|\d[\d.]*)$/, name);
  const version = (name: string) => services[name]?.image.split(':')[1];
  assert.equal(
    version('temporal'),
    version('temporal-schema'),
    'server and admin-tools must be equal',
  );
  assert.equal(version('temporal'), version('temporal-namespace'));
});

test('every dependency exists and can come true', () => {
  for (const [name, { depends_on = {} }] of each)
    for (const [needed, { condition }] of Object.entries(depends_on)) {
      const service = services[needed];
      assert.ok(service, `${name} waits for ${needed}, which is not there`);
      if (condition === 'service_healthy')
        assert.ok(service.healthcheck, `${needed} tells nobody whether it is healthy`);
      else assert.match(service.restart, /^on-failure/, `${needed} must be able to end`);
    }
  assert.deepEqual(startOrder(), [
    ['postgres'],
    ['temporal-schema'],
    ['temporal'],
    ['temporal-namespace', 'temporal-ui'],
    ['agent', 'server', 'worker'],
  ]);
});

test('every file it mounts, builds or runs is in the repository', () => {
  for (const [name, { volumes: mounts = [], command = [], entrypoint = [], build }] of each) {
    const sources = mounts.map((mount) => mount.split(':')[0] ?? '');
    for (const source of sources)
      if (source.startsWith('./'))
        assert.ok(statSync(join(ROOT, source)).isFile(), `${name}: ${source}`);
      else assert.ok(source in volumes, `${name}: the volume ${source} is not declared`);
    if (build !== undefined) assert.ok(existsSync(join(ROOT, build, 'Dockerfile')));
    const [program, script = ''] = command;
    if (command.length > 0)
      assert.deepEqual(
        [program, existsSync(join(ROOT, script))],
        ['node', true],
        `${name}: ${script}`,
      );
    const mounted = mounts.map((mount) => mount.split(':')[1]);
    if (entrypoint.length > 0)
      assert.ok(mounted.includes(entrypoint[1]), `${name} runs a script it does not mount`);
  }
});

test('every variable has a default or says what it is for, and no secret has a default', () => {
  const found = [...text.matchAll(/\$\{([A-Z_]+)([^}]*)\}/g)].map(([, name = '', rest = '']) => ({
    name,
    rest,
  }));
  assert.ok(found.length > 10);
  assert.equal([...text.matchAll(/\$(?!\{|\()/g)].length, 0, 'no unbraced variable');
  for (const { name, rest } of found) assert.match(rest, /^:-|^:\?set [A-Z_]+/, name);
  for (const secret of ['POSTGRES_PASSWORD', 'ATTUNE_TOKEN'])
    assert.ok(
      found.filter(({ name }) => name === secret).every(({ rest }) => rest.startsWith(':?')),
      secret,
    );
});

test('ports are published on loopback only, and the model key goes to the workers only', () => {
  for (const [name, { ports = [], environment }] of each) {
    for (const port of ports) assert.match(port, /^127\.0\.0\.1:\d+:\d+$/, name);
    assert.equal('OPENAI_API_KEY' in environment, name === 'worker' || name === 'agent', name);
  }
});

test('the Dockerfile copies only what exists and brings every folder the commands need', () => {
  const lines = read('Dockerfile').split('\n');
  const copied = lines
    .filter((line) => line.startsWith('COPY ') && !line.includes('--from'))
    .flatMap((line) => line.split(' ').slice(1, -1));
  for (const path of copied) assert.ok(existsSync(join(ROOT, path)), path);
  const scripts = each.flatMap(([, { command }]) =>
    command?.[1] === undefined ? [] : [dirname(command[1])],
  );
  for (const folder of scripts) assert.ok(copied.includes(folder), folder);
  const node = /^FROM node:(\d+)/m.exec(read('Dockerfile'))?.[1];
  const wanted = (JSON.parse(read('package.json')) as { devDependencies: Record<string, string> })
    .devDependencies['node'];
  assert.equal(node, wanted, 'the image runs the Node the project runs');
});

test(
  'the namespace script makes the namespace and every search attribute, and may run again',
  { timeout: 60_000 },
  async () => {
    const { address, cli } = await testTemporal();
    const namespace = `compose-${process.pid}`;
    const env = {
      PATH: `${dirname(cli)}:/usr/bin:/bin`,
      HOME: process.env['HOME'],
      TEMPORAL_ADDRESS: address,
      TEMPORAL_NAMESPACE: namespace,
    };
    for (const _ of ['first', 'again'])
      await run('sh', [join(ROOT, 'docker/temporal-namespace.sh')], { env, timeout: 50_000 });
    const list = ['operator', 'search-attribute', 'list', '--output', 'json'];
    const { stdout } = await run(cli, list, { env });
    for (const [name, type] of Object.entries(SEARCH_ATTRIBUTES)) {
      assert.match(
        stdout,
        new RegExp(`"${name}":\\s*"[A-Z_]*${type.toUpperCase()}"|"${name}"[^}]*${type}`, 'i'),
      );
    }
  },
);

test('the shell scripts are well formed', async () => {
  for (const script of ['postgres-init', 'temporal-schema', 'temporal-namespace'])
    await run('sh', ['-n', join(ROOT, 'docker', `${script}.sh`)]);
});

/** Services in the order Compose starts them: each wave needs only earlier ones. */
function startOrder(): readonly (readonly string[])[] {
  const waves: string[][] = [];
  const started = new Set<string>();
  while (started.size < each.length) {
    const wave = each.filter(
      ([name, service]) => !started.has(name) && needs(service).every((need) => started.has(need)),
    );
    assert.ok(wave.length > 0, 'services wait for each other in a circle');
    const names = wave.map(([name]) => name).toSorted();
    names.forEach((name) => started.add(name));
    waves.push(names);
  }
  return waves;
}

function needs({ depends_on = {} }: Service): readonly string[] {
  return Object.keys(depends_on);
}
