import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Json } from '../../../contracts/json.ts';
import { readVerdict } from '../../../domain/evaluate/judge-reply.ts';
import { renderJudgeRequest } from '../../../domain/evaluate/judge-prompt.ts';
import { judgeDefinition } from '../../../contracts/judge.ts';
import { ModelError } from '../../../llm/errors.ts';
import { draw, modelAt } from '../model-under-test.ts';
import { type Impolite, impoliteServer } from './impolite.ts';
import { content } from './table/content.ts';
import { errors } from './table/errors.ts';
import { refusedFields } from './table/refused-fields.ts';
import { streams } from './table/streams.ts';
import { thinking } from './table/thinking.ts';
import { usage } from './table/usage.ts';
import { verdicts } from './table/verdicts.ts';

const judge = judgeDefinition.parse({
  name: 'good',
  instructions: 'Is {{ outputs }} good?',
  value: { type: 'boolean' },
});
const read = (json: Json) => readVerdict(json, judge);
const requestTo = (model: string) =>
  renderJudgeRequest({
    definition: judge,
    model,
    guidelines: [],
    examples: [],
    fields: { outputs: 'yes' },
  });

const CASES = {
  ...refusedFields,
  ...thinking,
  ...verdicts,
  ...errors,
  ...usage,
  ...streams,
  ...content,
};

let server: Impolite;
before(async () => {
  server = await impoliteServer(
    Object.fromEntries(Object.entries(CASES).map(([name, { does }]) => [name, does])),
  );
});
after(() => server.close());

for (const [name, { right, requests, kind, output }] of Object.entries(CASES))
  test(`${name}: ${right instanceof RegExp ? `an error (${right.source})` : right}, after ${requests} requests`, async () => {
    const asking = modelAt(server.endpoint).structured(requestTo(name), draw('a'), read);
    if (typeof right === 'boolean') {
      const { value, completion } = await asking;
      assert.equal(value.value, right);
      if (output !== undefined) assert.equal(completion.usage.outputTokens, output);
    } else
      await assert.rejects(asking, (error: unknown) => {
        assert.ok(error instanceof ModelError, String(error));
        assert.match(error.message, right);
        assert.equal(error.fault, kind);
        return true;
      });
    assert.equal(server.of(name).length, requests);
  });
