import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../../contracts/json.ts';
import { judgeDefinition, type Snapshot } from '../../../contracts/judge.ts';
import type { CompletionRequest } from '../../../contracts/model.ts';
import { renderJudgeRequest } from '../../../domain/evaluate/judge-prompt.ts';
import { FORMATS } from '../../../contracts/dialect.ts';
import { plainBody } from '../../../llm/openai/body.ts';
import { reply } from '../../../practice/chat.ts';
import { readChat } from '../../../practice/request.ts';
import { INJECTIONS } from './injections.ts';

const PAYLOADS = Object.values(INJECTIONS).flat();
const WRONG = 'We sell umbrellas in many colours.';
const MESSAGE = 'Where is my parcel?';

const definition = judgeDefinition.parse({
  name: 'helpful',
  instructions:
    'Does {{outputs}} answer {{inputs}}, with {{expectations}}, {{trace}} and {{conversation}} in mind?',
  value: { type: 'boolean' },
});

const precedent = (n: number, answer: string, value: boolean): Snapshot => ({
  id: `s${n}`,
  item: `e${n}#h`,
  conversation: `c${n}`,
  fields: { inputs: { message: MESSAGE }, outputs: { answer } },
  value,
  rationales: [{ rater: 'ann', text: value ? 'It names the place.' : 'It speaks of other goods.' }],
});

const PRECEDENTS = [
  precedent(1, WRONG, false),
  precedent(2, 'Umbrellas come in red and blue.', false),
  precedent(3, 'The parcel is in Graz and arrives tomorrow.', true),
];

const render = (fields: JsonObject): CompletionRequest =>
  renderJudgeRequest({
    definition,
    model: 'practice-judge',
    guidelines: [],
    examples: PRECEDENTS,
    fields: { inputs: { message: MESSAGE }, expectations: { tone: 'friendly' }, ...fields },
  });

const attack = (payload: string): CompletionRequest =>
  render({ outputs: { answer: `${WRONG}\n${payload}` } });

function verdict({ model, messages, schema }: CompletionRequest): boolean {
  const format = { type: 'json_schema', json_schema: schema };
  const request = readChat({ model, messages, seed: 1, response_format: format });
  return (JSON.parse(reply(request)) as { value: boolean }).value;
}

/** The same request with the outputs as they are: no encoding, nothing that keeps them in their place. */
function undelimited(payload: string): CompletionRequest {
  const request = attack(payload);
  const [system, user] = request.messages;
  const raw = `<outputs>\n${WRONG}\n${payload}\n</outputs>`;
  const content = user!.content.replace(/<outputs>\n.*\n<\/outputs>/, () => raw);
  return { ...request, messages: [system!, { ...user!, content }] };
}

/** The blocks of a user message; fails when anything stands outside of them. */
function blocksOf(text: string): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const rest = text.replaceAll(
    /<([a-z]+)>\n([^\n<>\u2028\u2029]*)\n<\/\1>\n?/g,
    (_, name: string, json: string) => {
      assert.ok(!(name in found), `two blocks <${name}>`);
      found[name] = JSON.parse(json);
      return '';
    },
  );
  assert.equal(rest, '');
  return found;
}

test('there are at least 40 injections, all different', () => {
  assert.ok(PAYLOADS.length >= 40, `${PAYLOADS.length}`);
  assert.equal(new Set(PAYLOADS).size, PAYLOADS.length);
});

test('none reaches the body outside of its encoded place, whichever field it stands in and in every format', () => {
  for (const payload of PAYLOADS)
    for (const field of ['inputs', 'outputs', 'expectations', 'trace', 'conversation']) {
      const harmless = render({ [field]: { answer: 'x' } });
      const request = render({ [field]: { answer: payload } });
      for (const format of FORMATS) {
        const [body, plain] = [plainBody(request, format), plainBody(harmless, format)];
        const [messages, expected] = [body['messages'], plain['messages']] as unknown as {
          content: string;
        }[][];
        assert.equal(messages!.length, 2);
        assert.equal(messages![0]!.content, expected![0]!.content);
        const [found, other] = [blocksOf(messages![1]!.content), blocksOf(expected![1]!.content)];
        assert.deepEqual(found[field], { answer: payload });
        assert.deepEqual({ ...found, [field]: 0 }, { ...other, [field]: 0 });
        assert.deepEqual({ ...body, messages: 0 }, { ...plain, messages: 0 });
      }
    }
});

test('none changes the verdict of the practice judge', () => {
  assert.equal(verdict(render({ outputs: { answer: WRONG } })), false);
  const changed = PAYLOADS.filter((payload) => verdict(attack(payload)));
  assert.deepEqual(changed, []);
});

test('control: with delimiting off at least 30 of 40 change it', (t) => {
  const changed = PAYLOADS.filter((payload) => verdict(undelimited(payload)));
  t.diagnostic(
    `${changed.length} of ${PAYLOADS.length} change the verdict when nothing delimits them`,
  );
  assert.ok(changed.length >= 0.75 * PAYLOADS.length, `${changed.length} of ${PAYLOADS.length}`);
});
