import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, test } from 'node:test';
import { agentDeclaration } from '../../agents/declare.ts';
import { createAgentHost } from '../../agents/host.ts';
import { loadConfig } from '../../agents/load.ts';
import type { AgentCall } from '../../agents/result.ts';

const folder = mkdtempSync(join(tmpdir(), 'attune-command-'));
const host = createAgentHost(
  {
    complete: () => assert.fail('a program makes no model call through us'),
    now: Date.now,
    infrastructure: () => false,
    fatal: () => false,
    interrupted: () => false,
  },
  {
    env: { PATH: process.env['PATH'], GIVEN: 'yes', OPENAI_API_KEY: 'sk-secret', OTHER: 'x' },
    hangMs: 700,
  },
);
after(() => {
  host.close();
  rmSync(folder, { recursive: true, force: true });
});

let named = 0;

/** A call to a program written in JavaScript, whose body is run for each line `call`. */
function callTo(
  body: string,
  more: { readonly timeoutMs?: number; readonly before?: string } = {},
) {
  const name = `program-${(named += 1)}`;
  writeFileSync(
    join(folder, `${name}.cjs`),
    `${more.before ?? ''}
    const lines = require('node:readline').createInterface({ input: process.stdin });
    const answer = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
    let served = 0;
    lines.on('line', async (line) => { const call = JSON.parse(line); served += 1; ${body} });`,
  );
  return calling(name, [process.execPath, `${name}.cjs`], more.timeoutMs);
}

const calling = (name: string, command: readonly string[], timeoutMs = 20_000): AgentCall => ({
  agent: {
    record: {
      name,
      kind: 'command',
      fingerprint: name,
      prompts: ['router'],
      deterministic: false,
      timeoutMs,
      concurrency: 2,
    },
    declaration: agentDeclaration.parse({ kind: 'command', command, env: ['GIVEN'] }),
    file: null,
    folder,
  },
  inputs: { message: 'Grüße\nin two lines' },
  prompts: { router: 'Route it.' },
  traceId: '0af7651916cd43dd8448eb211c80319c',
  model: 'm',
  context: () => assert.fail('unused'),
});

test('a program gets inputs, prompts and the trace as one line, and answers with one', async () => {
  const { status, outputs } = await host.run(callTo('answer({ call })'));
  assert.equal(status, 'ok');
  const { inputs, prompts, traceparent } = outputs!['call'] as Record<string, unknown>;
  assert.deepEqual(inputs, { message: 'Grüße\nin two lines' });
  assert.deepEqual(prompts, { router: 'Route it.' });
  assert.match(String(traceparent), /^00-0af7651916cd43dd8448eb211c80319c-[0-9a-f]{16}-01$/);
});

test('a program stays for the next line, and several work at once where rows wait', async () => {
  const call = callTo('setTimeout(() => answer({ pid: process.pid, served }), 150)');
  const rows = await Promise.all([1, 2, 3, 4, 5, 6].map(() => host.run(call)));
  const pids = new Set(rows.map(({ outputs }) => outputs!['pid']));
  assert.equal(pids.size, 2);
  assert.ok(rows.some(({ outputs }) => outputs!['served'] === 3));
});

test('a program is given the variables that are named, and no others of the shell', async () => {
  const { outputs } = await host.run(callTo('answer({ names: Object.keys(process.env) })'));
  const names = outputs!['names'] as string[];
  assert.ok(names.includes('GIVEN') && names.includes('PATH'));
  assert.deepEqual(
    names.filter((name) => /OPENAI|OTHER|ATTUNE|DATABASE/.test(name)),
    [],
  );
});

test('a program that ends at work has failed with the end of its standard error, and the next row gets a fresh one', async () => {
  const call = callTo(
    `if (call.inputs.message === 'die') { console.error('x'.repeat(9000) + ' KeyError: plan'); process.exit(7); } answer({ served });`,
  );
  const died = await host.run({ ...call, inputs: { message: 'die' } });
  assert.deepEqual([died.status, died.error?.kind], ['failed', 'agent-died']);
  assert.match(died.error!.message, /ended with code 7 while it was at work; .*KeyError: plan/s);
  assert.ok(died.error!.message.length < 3_000, 'what is kept is bounded');
  assert.equal((await host.run(call)).outputs!['served'], 1);
});

test('a row that meets a program which ends after its last answer is asked again of a fresh one', async () => {
  const call = callTo(`if (served === 2) process.exit(0); answer({ served });`);
  assert.equal((await host.run(call)).status, 'ok');
  assert.equal((await host.run(call)).status, 'ok');
});

test('a program that takes too long is ended with everything it started, also what left its group', async () => {
  const call = callTo(
    `const { spawn } = require('node:child_process');
     if (call.inputs.message === 'warm') return answer({});
     const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { detached: true, stdio: 'ignore' });
     require('node:fs').writeFileSync('child.pid', String(child.pid)); console.error('waiting for the oven');`,
    { timeoutMs: 1_500 },
  );
  assert.equal((await host.run({ ...call, inputs: { message: 'warm' } })).status, 'ok');
  const { status, error } = await host.run(call);
  assert.deepEqual([status, error?.kind], ['failed', 'agent-timeout']);
  assert.match(error!.message, /more than 1\.5 s.*waiting for the oven/);
  const pid = Number(readFileSync(join(folder, 'child.pid'), 'utf8'));
  await delay(200);
  assert.ok(!isAlive(pid), 'its child lives on');
});

const isAlive = (pid: number): boolean => {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
};

test('lines that are no answer are told beside the outputs, and in the reason where no answer comes', async () => {
  const chatty = await host.run(callTo(`console.log('loading'); answer({ ok: true });`));
  assert.equal(chatty.status, 'ok');
  assert.match(JSON.stringify(chatty.trace.spans[0]!.attributes), /no answer: loading/);
  const pretty = callTo(
    `if (call.inputs.message === 'warm') return answer({}); console.log(JSON.stringify({ a: 1 }, null, 2));`,
    { timeoutMs: 700 },
  );
  await host.run({ ...pretty, inputs: { message: 'warm' } });
  const { error } = await host.run(pretty);
  assert.match(error!.message, /3 lines to its standard output that are no JSON object/);
});

test('a program that is not there makes missing rows that name the command and the remedy', async () => {
  const { status, error, unreachable } = await host.run(calling('none', ['no-such-program-here']));
  assert.deepEqual([status, error?.kind, unreachable], ['missing', 'infrastructure', true]);
  assert.match(error!.message, /`no-such-program-here` cannot be started: .*install it/);
});

test('a run whose batch has ended ends its program', async () => {
  const ended = new AbortController();
  const run = host.run({ ...callTo('void served'), signal: ended.signal });
  setTimeout(() => ended.abort(new Error('the batch has ended')), 300);
  await assert.rejects(run, /the batch has ended/);
});

test('another text of a program is another agent; values of its variables are not', async () => {
  const file = join(folder, 'attune.config.ts');
  const command = ['python3', 'agent.py'];
  const of = async (text: string): Promise<string> => {
    writeFileSync(join(folder, 'agent.py'), text);
    const declared = { agents: { a: { kind: 'command', command } } };
    writeFileSync(file, `export default ${JSON.stringify(declared)}`);
    const { agents } = await loadConfig(file, () => Promise.resolve(declared));
    assert.equal(agents['a']!.file, join(folder, 'agent.py'));
    return agents['a']!.record.fingerprint;
  };
  const one = await of('print(1)');
  assert.equal(await of('print(1)'), one);
  assert.notEqual(await of('print(2)'), one);
});
