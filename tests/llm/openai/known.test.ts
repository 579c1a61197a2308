import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { changeText } from '../../../contracts/dialect.ts';
import { KNOWN, startingDialect } from '../../../llm/openai/known.ts';

const at = (endpoint: string, model = 'm') => startingDialect(endpoint, model).map(changeText);

test('a known provider starts in its dialect, by its address and the name of the model', () => {
  assert.deepEqual(at('https://api.openai.com/v1', 'gpt-4.1'), [
    'sends `max_tokens` as `max_completion_tokens`',
  ]);
  assert.deepEqual(at('https://api.openai.com/v1', 'gpt-5-mini').at(-1), 'sends no `temperature`');
  assert.equal(at('https://api.openai.com/v1', 'gpt-5-chat-latest').length, 1);
  assert.deepEqual(at('https://api.mistral.ai/v1'), ['sends `seed` as `random_seed`']);
  assert.deepEqual(at('https://generativelanguage.googleapis.com/v1beta/openai'), [
    'sends no `seed`: draws are not seeded',
  ]);
  assert.equal(at('https://api.anthropic.com/v1/').length, 3);
  assert.deepEqual(at('http://127.0.0.1:8000/v1', 'o3'), []);
  assert.deepEqual(at('https://evil-openai.com/v1', 'o3'), []);
});

test('the table of docs/models.md is the table of the code', () => {
  const page = readFileSync(new URL('../../../docs/models.md', import.meta.url), 'utf8');
  for (const { name, address, dialect, says, source } of KNOWN) {
    const changes = dialect.map(changeText).join('; ') || 'as it is';
    const row = [`[${name}](${source})`, `\`${address}\``, changes, says].join(' | ');
    assert.ok(
      page.replaceAll(/ +/g, ' ').includes(`| ${row} |`),
      `docs/models.md lacks the row | ${row} |`,
    );
  }
});
