import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { after, test, type TestContext } from 'node:test';
import { CLONE } from '../../stack/layout.ts';
import { freePort } from '../../stack/ports.ts';
import { attuneHere } from '../client/cli.ts';
import { runCycle } from './cycle.ts';
import { telecomSpec } from './spec.ts';
import { startTestStack, type TestStack } from './stack.ts';

/** One trial: the practice model gives an agent that sends it no seed the same answer each time. */
const GATE = { alpha: 0.05, delta: 0.1, trials: 1 };
const { status } = spawnSync('python3', ['--version']);
const skip = status === 0 ? false : 'python3 is not on this machine';

/** A folder that holds nothing but what the example says, and a stack that looks there. */
async function beginIn(
  t: TestContext,
): Promise<{ stack: TestStack; folder: string; port: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'attune-python-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(join(CLONE, 'examples', 'python'), folder, { recursive: true });
  const port = await freePort();
  const env = { ATTUNE_CONFIG: join(folder, 'attune.config.ts'), SERVICE_PORT: String(port) };
  const stack = await startTestStack({ env });
  t.after(() => stack.close());
  return { stack, folder, port };
}

async function promotes(t: TestContext, stack: TestStack, agent: string): Promise<void> {
  const spec = telecomSpec(dirname(stack.dataDir), { agent, gate: GATE });
  const { report, ms } = await runCycle({ stack, spec, salt: 'telecom-1' });
  t.diagnostic(`${report.outcome}, difference ${report.gate?.estimate}, ${ms.toFixed(0)} ms`);
  assert.equal(report.outcome, 'promoted');
}

const evaluate = (stack: TestStack, ...args: readonly string[]) =>
  attuneHere(
    ['evaluate', '--dataset', 'telecom', '--prompt', 'router@1', '--json', ...args],
    stack.cli().env.all,
  );

test('agents in plain Python', { skip, concurrency: 2, timeout: 400_000 }, async (t) => {
  const service = t.test('a service goes from a clean folder to a promotion', async (own) => {
    const { stack, folder, port } = await beginIn(own);
    const program = startService(folder, port, stack.stack.info.model.baseUrl!);
    own.after(() => program.kill('SIGKILL'));
    await listening(port);
    await promotes(own, stack, 'python-service');

    await own.test('one that is down stops a run at its first rows, and says so', async () => {
      program.kill('SIGKILL');
      const asked = ['--agent', 'python-service', '--scorer', 'routing@1'];
      const began = performance.now();
      const ran = await evaluate(stack, ...asked);
      assert.equal(ran.code, 1, `${ran.out}\n${ran.err}`);
      assert.match(ran.err, /none of its first 5 rows got through: .*ECONNREFUSED.*start it/s);
      assert.ok(performance.now() - began < 60_000, 'early');
    });
  });
  const program = t.test('a program goes from a clean folder to a promotion', async (own) => {
    const { stack } = await beginIn(own);
    await promotes(own, stack, 'python-program');

    await own.test('each row is in --json', async () => {
      const ran = await evaluate(stack, '--agent', 'python-program', '--scorer', 'routing@1');
      assert.equal(ran.code, 0, ran.err);
      const { rows, reasons } = JSON.parse(ran.out) as { rows: object[]; reasons: object[] };
      assert.ok(rows.length > 200, `${rows.length} rows`);
      assert.deepEqual(reasons, []);
    });
  });
  await Promise.all([service, program]);
});

const startService = (folder: string, port: number, model: string): ChildProcess =>
  spawn('python3', [join(folder, 'service.py'), String(port)], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], OPENAI_BASE_URL: model },
    stdio: ['ignore', 'inherit', 'inherit'],
  });

async function listening(port: number): Promise<void> {
  for (let waited = 0; waited < 20_000; waited += 100) {
    const answer = await fetch(`http://127.0.0.1:${port}/`).catch(() => null);
    if (answer !== null) return;
    await delay(100);
  }
  throw new Error('the service does not listen');
}
