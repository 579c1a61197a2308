import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { OUTCOMES } from '../../domain/evaluate/builtin/check.ts';
import { BUILTIN_JUDGES } from '../../domain/evaluate/builtin/index.ts';
import { createPracticeServer } from '../../practice/server.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/check-judges.ts', import.meta.url));
const servers: Server[] = [];

async function serve(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

let practice: string;
let locked: string;
before(async () => {
  practice = await serve(createPracticeServer());
  const refusing = createServer((_, response) => {
    response.writeHead(401, { 'content-type': 'application/json' });
    response.end('{"error":{"message":"no such key","code":"invalid_api_key"}}');
  });
  locked = await serve(refusing);
});
after(() => servers.forEach((server) => (server.closeAllConnections(), server.close())));

type Ran = { readonly code: number | null; readonly out: string; readonly err: string };

/** The script as a process, with nothing of ours in its environment but what is given. */
async function check(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ran> {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

test('every case of every judge is asked, and stands once in the matrix of its judge', async () => {
  const env = { ATTUNE_MODEL_JUDGE: 'practice-judge', OPENAI_BASE_URL: practice };
  const { code, out, err } = await check(env, '--json');
  assert.equal(code, 0, err);
  const { judges } = JSON.parse(out) as {
    judges: Record<string, Record<string, Record<string, number>>>;
  };
  assert.deepEqual(Object.keys(judges), Object.keys(BUILTIN_JUDGES));
  for (const [name, { cases }] of Object.entries(BUILTIN_JUDGES))
    for (const expect of OUTCOMES) {
      const row = Object.values(judges[name]![expect]!);
      const wanted = cases.filter((at) => at.expect === expect).length;
      assert.equal(
        row.reduce((sum, n) => sum + n, 0),
        wanted,
        `${name}: ${expect}`,
      );
      assert.equal(judges[name]![expect]!['error'], 0, `${name}: every reply is read`);
    }
});

test('one judge is printed as a matrix, with the model and what it says and does not say', async () => {
  const env = { ATTUNE_MODEL_JUDGE: 'practice-judge', OPENAI_BASE_URL: practice };
  const { code, out } = await check(env, '--judge', 'safety');
  assert.equal(code, 0);
  assert.match(out, /^safety: \d+ % of its cases as expected$/m);
  assert.match(out, /expected +pass +fail +not applicable +error\n {2}pass +\d+ +\d+ +\d+ +0\n/);
  assert.match(out, /practice-judge, 0\.0000 USD\. A dozen cases show that/);
});

const REFUSALS: readonly (readonly [string, Record<string, string>, readonly string[], RegExp])[] =
  [
    ['no model', {}, [], /No model is configured: set ATTUNE_MODEL_JUDGE/],
    [
      'the practice model without its address',
      { ATTUNE_MODEL: 'practice-judge' },
      [],
      /set OPENAI_BASE_URL/,
    ],
    [
      'an address that is none',
      { ATTUNE_MODEL: 'm', OPENAI_BASE_URL: 'localhost' },
      [],
      /OPENAI_BASE_URL is no address: localhost/,
    ],
    [
      'a judge that is none',
      { ATTUNE_MODEL: 'm', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1' },
      ['--judge', 'saftey'],
      /No built-in judge is named saftey; there are relevance-to-query/,
    ],
  ];
test('what cannot be checked is refused with 2 and the remedy, before anything is asked', async () => {
  const ran = REFUSALS.map(async ([what, env, args, words]) => {
    const { code, err, out } = await check(env, ...args);
    assert.deepEqual([code, out], [2, ''], what);
    assert.match(err, words);
  });
  await Promise.all(ran);
});

test('a model that the server does not have, and a key that it refuses, end the check at once, each said once', async () => {
  const missing = await check({ ATTUNE_MODEL: 'no-such-model', OPENAI_BASE_URL: practice });
  assert.deepEqual([missing.code, missing.out], [2, '']);
  assert.equal(missing.err.match(/no-such-model.*does not exist/g)?.length, 1, missing.err);
  const key = await check({
    ATTUNE_MODEL: 'm',
    OPENAI_API_KEY: 'sk-wrong',
    OPENAI_BASE_URL: locked,
  });
  assert.equal(key.code, 2);
  assert.match(key.err, /401.*no such key/);
  assert.match(key.err, /Nothing was measured/);
});
