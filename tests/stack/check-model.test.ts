import assert from 'node:assert/strict';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { checkModel } from '../../stack/index.ts';
import { attune } from '../client/cli.ts';
import { createDialectStore } from '../../db/engines/dialects.ts';
import { openDatabase } from '../db/database.ts';
import { type Behaviour, impoliteServer, J, refuses, says } from '../llm/openai/impolite.ts';

const KEY = 'a-key-of-the-test';
let draws = 0;

/** Refuses seeds, JSON schemas and logprobs; ignores JSON mode; has tools and streams; told to wait at the eighth call. */
const server: Behaviour = (b) => {
  const said = J(b['messages']);
  if ('seed' in b) return refuses(400, 'Unknown parameter: seed');
  if ((b['response_format'] as { type?: string } | undefined)?.type === 'json_schema')
    return refuses(400, 'response_format json_schema is not supported');
  if ('logprobs' in b) return refuses(400, 'logprobs is not supported with this model');
  if (b['stream'] === true)
    return {
      status: 200,
      type: 'text/event-stream',
      raw: `data: ${J({ choices: [{ delta: { content: 'hi' }, finish_reason: 'stop' }] })}\n\ndata: ${J({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } })}\n\ndata: [DONE]\n\n`,
    };
  if ('tools' in b)
    return says(null, {
      message: {
        tool_calls: [{ id: '1', type: 'function', function: { name: 'weather', arguments: '{}' } }],
      },
      choice: { finish_reason: 'tool_calls' },
    });
  if (Number(b['max_tokens']) === 16)
    return says('one two', { choice: { finish_reason: 'length' } });
  if (said.includes('BLUE')) return says('BLUE');
  if (said.includes('number 7')) return refuses(429, 'slow down');
  if (said.includes('Is water wet')) return says('{"wet": true}');
  return says(`hello ${(draws += 1)}`);
};

test('a check says what the endpoint can do, what Attune does without it and what it cost, and keeps what it learned', async (t) => {
  const { endpoint, close } = await impoliteServer({ m: server });
  t.after(close);
  const { db, url } = await openDatabase();
  const env = { ...process.env, OPENAI_BASE_URL: endpoint, OPENAI_API_KEY: KEY, DATABASE_URL: url };
  const check = await checkModel(env, 'm');
  assert.deepEqual(
    Object.fromEntries(check.findings.map(({ subject, found }) => [subject, found])),
    {
      answers: 'yes',
      seed: 'no',
      'length limit': 'yes',
      temperature: 'yes',
      'JSON schema': 'no',
      'JSON mode': 'ignored',
      tools: 'yes',
      'system role': 'yes',
      'streaming usage': 'yes',
      logprobs: 'no',
      '8 at once': 'partly',
    },
  );
  assert.match(check.findings.at(-1)!.detail, /7 answered, 1 were told to wait/);
  assert.equal(check.kept, true);
  assert.ok(check.requests > 10 && check.inputTokens > 1_000, J(check));
  assert.deepEqual((await createDialectStore(db).read({ endpoint, model: 'm' })).length, 2);
});

test('`doctor --model` prints it for people and as JSON; without a database it says that nothing is kept', async (t) => {
  const { endpoint, close } = await impoliteServer({ m: server });
  t.after(close);
  const env = {
    OPENAI_BASE_URL: endpoint,
    OPENAI_API_KEY: KEY,
    ATTUNE_DATA: mkdtempSync(join(tmpdir(), 'doctor-')),
  };
  const { code, out, err } = await attune(['doctor', '--model', 'm'], { env });
  assert.equal(code, 0, err);
  assert.match(out, /no +seed +Unknown parameter: seed\n +draws are not seeded/);
  assert.match(out, /yes +tools +a tool was called/);
  assert.match(out, /Attune sends no `seed`: draws are not seeded, asks for a schema in JSON mode/);
  assert.match(out, /not kept: there is no database yet/);
  assert.match(out, /its price is not known/);
  assert.ok(!`${out}${err}`.includes(KEY));
  const json = await attune(['doctor', '--model', 'm', '--json'], { env });
  assert.equal((JSON.parse(json.out) as { model: string }).model, 'm');
});

test('a key that is refused ends the check with its remedy; without a model it says how to name one', async (t) => {
  const { endpoint, close } = await impoliteServer({ m: () => refuses(401, `bad key ${KEY}`) });
  t.after(close);
  const data = { ATTUNE_DATA: mkdtempSync(join(tmpdir(), 'doctor-')) };
  const { url } = await openDatabase();
  const env = { ...data, OPENAI_BASE_URL: endpoint, OPENAI_API_KEY: KEY, DATABASE_URL: url };
  const refused = await attune(['doctor', '--model', 'm'], { env });
  assert.equal(refused.code, 2, refused.err);
  assert.match(refused.err, /key was refused.*OPENAI_API_KEY/s);
  assert.ok(!refused.err.includes(KEY));
  const none = await attune(['doctor', '--model'], { env: { ...data, ATTUNE_MODEL: '' } });
  assert.equal(none.code, 2, none.err);
  assert.match(none.err, /doctor --model NAME/);
});
