import assert from 'node:assert/strict';
import { test } from 'node:test';
import { canonical } from '../../contracts/canonical.ts';
import { readJson } from '../../contracts/read-json.ts';

test('a number that JavaScript would round is kept as its text, wherever it stands', () => {
  for (const digits of [
    '107505301260286111',
    '9007199254740993',
    '-9007199254740993',
    '12345678901234567890',
    '18446744073709551615',
    '1e400',
    '-1E+400',
    '1e-400',
    '0.1234567890123456789012',
    '1.000000000000000000001',
    '123456789012345678901234567890.5',
  ]) {
    assert.equal(readJson(digits), digits);
    assert.deepEqual(readJson(`{"a":[{"b": ${digits}}],"c":1}`), { a: [{ b: digits }], c: 1 });
  }
});

test('every number that a double holds stays a number, in any notation', () => {
  for (const [text, number] of [
    ['0', 0],
    ['-0.0', -0],
    ['0e999999999', 0],
    ['1.50', 1.5],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992],
    ['100000000000000000000', 1e20],
    ['1e23', 1e23],
    ['1.7976931348623157e308', Number.MAX_VALUE],
    ['5e-324', 5e-324],
    ['0.30000000000000004', 0.30000000000000004],
    ['0.10000000000000001', 0.1],
    ['1796080748729000000', 1796080748729000000],
  ] as const)
    assert.equal(readJson(text), number, text);
});

test('ids that differ in one digit never become one', () => {
  const ids = Array.from({ length: 400 }, (_, n) => String(9007199254740800n + BigInt(n)));
  const read = ids.map((id) => canonical(readJson(`{"id":${id}}`)));
  assert.equal(new Set(read).size, ids.length);
  const again = read.map((text) => canonical(readJson(text)));
  assert.deepEqual(again, read);
});

test('what is no number is read as JSON.parse reads it', () => {
  for (const text of [
    '{"__proto__":{"a":1e2}}',
    '"9007199254740993 and 1e400"',
    '[]',
    '{"a":null,"b":[true,"\\u0031\\n"],"long":"1234567890123456"}',
  ])
    assert.equal(JSON.stringify(readJson(text)), JSON.stringify(JSON.parse(text)));
  assert.throws(() => readJson('{"a":9007199254740993'), SyntaxError);
  assert.throws(() => readJson('01234567890123456789'), SyntaxError);
});
