import assert from 'node:assert/strict';
import { test } from 'node:test';
import { array, assert as holds, constantFrom, property } from 'fast-check';
import { lineDiff } from '../../domain/line-diff.ts';

test('equal texts differ in nothing', () => {
  assert.equal(lineDiff('a\nb', 'a\nb'), '');
});

test('a changed line stands between its neighbours, and the rest is left out', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9'].join('\n');
  const after = before.replace('5', 'five');
  assert.equal(lineDiff(before, after), '  ...\n  3\n  4\n- 5\n+ five\n  6\n  7\n  ...');
});

test('the lines with - and those with + are what left the one text and came into the other', () => {
  const text = array(constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });
  holds(
    property(text, text, (from, to) => {
      const lines = lineDiff(from.join('\n'), to.join('\n')).split('\n');
      const count = (sign: string) => lines.filter((line) => line.startsWith(sign)).length;
      const distance = from.length + to.length - 2 * longest(from, to);
      const empties = Number(from.length === 0) + Number(to.length === 0);
      if (empties === 0) assert.equal(count('+') + count('-'), distance);
    }),
  );
});

function longest(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return 0;
  const [x, ...rest] = a;
  const at = b.indexOf(x!);
  const without = longest(rest, b);
  return at < 0 ? without : Math.max(without, 1 + longest(rest, b.slice(at + 1)));
}
