import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Json } from '../../../contracts/json.ts';
import { type JudgeDefinition, judgeDefinition } from '../../../contracts/judge.ts';
import type { Value } from '../../../contracts/value.ts';
import { parseJudgeReply } from './verdict-of.ts';

const judge = (value: unknown) =>
  judgeDefinition.parse({ name: 'j', instructions: 'Judge {{outputs}}', value });
const yesNo = judge({ type: 'boolean' });
const tone = judge({ type: 'categories', categories: { kind: 1, fair: 0.5, rude: 0 } });
const stars = judge({ type: 'integer', min: 1, max: 5 });
const share = judge({ type: 'number', min: 0, max: 1 });

/** A judge and a value it may give. */
const verdicts: fc.Arbitrary<readonly [JudgeDefinition, Value]> = fc.oneof(
  fc.boolean().map((value) => [yesNo, value] as const),
  fc.constantFrom('kind', 'fair', 'rude').map((value) => [tone, value] as const),
  fc.integer({ min: 1, max: 5 }).map((value) => [stars, value] as const),
  fc
    .double({ min: 0, max: 1, noNaN: true })
    .map((value) => [share, value === 0 ? 0 : value] as const),
);
const reasons = fc.string({ unit: 'binary', maxLength: 200 });
const prose = fc.string({
  unit: fc.constantFrom(...Array.from('abc XYZ,.:!?\n\t"\'`#*-01')),
  maxLength: 80,
});

const readOf = (text: string, definition: JudgeDefinition): Value | null => {
  const read = parseJudgeReply(text, definition);
  if (!('ok' in read)) return null;
  assert.notEqual(read.ok.value, null, 'a verdict has a value, else it is an error');
  return read.ok.value;
};
const RUNS = { numRuns: 300 };

test('a whole reply is read as it is, whatever its rationale holds', () => {
  fc.assert(
    fc.property(verdicts, reasons, ([definition, value], rationale) => {
      const read = parseJudgeReply(JSON.stringify({ rationale, value }), definition);
      assert.deepEqual('ok' in read && [read.ok.value, read.ok.rationale], [value, rationale]);
    }),
    RUNS,
  );
});

test('prose before and after, and a fence, change nothing', () => {
  fc.assert(
    fc.property(
      verdicts,
      prose,
      prose,
      fc.boolean(),
      ([definition, value], before, after, fenced) => {
        const json = JSON.stringify({ rationale: 'because', value }, null, 2);
        const body = fenced ? `\`\`\`json\n${json}\n\`\`\`` : json;
        const clean = (text: string): string => (fenced ? text.replaceAll('`', '') : text);
        assert.equal(readOf(`${clean(before)}\n${body}\n${clean(after)}`, definition), value);
      },
    ),
    RUNS,
  );
});

test('up to twenty nested objects are looked through', () => {
  fc.assert(
    fc.property(verdicts, fc.integer({ min: 1, max: 20 }), ([definition, value], depth) => {
      let nested: Json = { rationale: 'deep', value };
      for (let level = 0; level < depth; level += 1) nested = { [`level_${level}`]: nested };
      assert.equal(readOf(JSON.stringify(nested), definition), value);
    }),
    RUNS,
  );
});

test('two verdicts side by side are no verdict', () => {
  assert.equal(readOf('{"a":{"value":true},"b":{"value":false}}', yesNo), null);
});

test('other cases of keys and words, Python constants and a trailing comma are repaired', () => {
  assert.equal(readOf('{"Rationale": "x", "VALUE": "TRUE"}', yesNo), true);
  assert.equal(readOf('{"rationale": "True, so True", "value": False,}', yesNo), false);
  assert.equal(readOf('{"rationale": "x", "value": " Kind. "}', tone), 'kind');
});

test('a reply that breaks off gives no verdict, or the same one; never another', () => {
  fc.assert(
    fc.property(
      verdicts,
      reasons,
      fc.double({ min: 0, max: 1, noNaN: true }),
      ([definition, value], rationale, at) => {
        const whole = JSON.stringify({ rationale, value });
        const read = readOf(whole.slice(0, Math.floor(at * whole.length)), definition);
        assert.ok(read === null || read === value, `${JSON.stringify(read)} of ${whole}`);
      },
    ),
    { numRuns: 1_000 },
  );
});

test('a value outside of the declared ones is never let through', () => {
  fc.assert(
    fc.property(fc.constantFrom(yesNo, tone, stars, share), fc.json(), (definition, json) => {
      const value = readOf(`{"rationale":"r","value":${json}}`, definition);
      if (value === null) return;
      const kinds: Record<string, boolean> = {
        boolean: typeof value === 'boolean',
        categories: ['kind', 'fair', 'rude'].includes(String(value)),
        integer: Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 5,
        number: typeof value === 'number' && value >= 0 && value <= 1,
      };
      assert.ok(kinds[definition.value.type], JSON.stringify(value));
    }),
    RUNS,
  );
});
