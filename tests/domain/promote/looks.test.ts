import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contentKeys } from '../../../domain/promote/content-key.ts';
import { agreementPlan, crossFittingFolds } from '../../../domain/promote/folds.ts';
import { lookAlpha, lookNumber } from '../../../domain/promote/looks.ts';

test('a sealed set takes one more than the most looks any of its members has seen', () => {
  assert.equal(lookNumber({}), 1);
  assert.equal(lookNumber({ a: 0, b: 3, c: 1 }), 4);
  assert.equal(lookAlpha(0.05, 1), 0.025);
  assert.equal(lookAlpha(0.05, 3), 0.00625);
});

test('content keys ignore names, case and white space, and survive an added row', () => {
  const rows = [{ message: 'Where is my   ORDER number five?' }, { message: 'ok' }];
  const keys = contentKeys(rows);
  assert.deepEqual(contentKeys([{ message: 'where is my order number five?' }]), keys);
  const grown = contentKeys([...rows, { message: 'and another long question to make it grow' }]);
  assert.ok(keys.every((key) => grown.includes(key)));
  assert.notDeepEqual(contentKeys([{ message: 'Where is my order number six?' }]), keys);
});

test('a conversation of short rows only has one key from all of them', () => {
  assert.equal(contentKeys([{ message: 'hi' }, { message: '' }]).length, 1);
  assert.notDeepEqual(contentKeys([{ message: 'hi' }]), contentKeys([{ message: 'ok' }]));
});

test('fewer than 60 judge-test labels are cross-fitted, in five folds by conversation', () => {
  assert.equal(agreementPlan(59), 'cross-fitted');
  assert.equal(agreementPlan(60), 'held-out');
  const keys = Array.from({ length: 23 }, (_, i) => `c${i}`);
  const folds = crossFittingFolds([...keys, ...keys], 'salt');
  const sizes = [0, 1, 2, 3, 4].map(
    (fold) => Object.values(folds).filter((value) => value === fold).length,
  );
  assert.deepEqual(sizes, [5, 5, 5, 4, 4]);
  assert.deepEqual(crossFittingFolds([...keys].reverse(), 'salt'), folds);
});
