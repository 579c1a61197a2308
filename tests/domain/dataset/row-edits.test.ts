import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Example } from '../../../contracts/example.ts';
import { editRow } from '../../../domain/dataset/edit.ts';
import { exampleOf } from '../../../domain/dataset/example.ts';
import { editsTo } from '../../../domain/dataset/row-edits.ts';

const row: Example = exampleOf({
  id: 'r1',
  conversation: 'c1',
  inputs: { message: 'hello', deep: { a: 1, b: [1, 2] } },
  expectations: { route: 'billing' },
  tags: { 'lang.main': 'en' },
});

test('the edits make the row what was typed: fields set, fields gone, an empty group gone, keys with dots kept', () => {
  const wanted = {
    inputs: { deep: { b: [1, 2], a: 2 }, new: null },
    outputs: { route: 'plans' },
    expectations: {},
    tags: { 'lang.main': 'de' },
  };
  const edited = editRow(row, editsTo(row, wanted));
  assert.deepEqual(
    { ...edited, hash: '' },
    {
      id: 'r1',
      conversation: 'c1',
      hash: '',
      inputs: { deep: { a: 2, b: [1, 2] }, new: null },
      outputs: { route: 'plans' },
      tags: { 'lang.main': 'de' },
    },
  );
  assert.notEqual(edited.hash, row.hash);
});

test('what says the same in another order is no edit, and the hash stays', () => {
  const { expectations, tags } = row;
  const same = {
    inputs: { deep: { b: [1, 2], a: 1 }, message: 'hello' },
    ...(expectations !== undefined && { expectations }),
    tags,
  };
  assert.deepEqual(editsTo(row, { ...same, outputs: {} }), []);
  assert.equal(editRow(row, []).hash, row.hash);
});
