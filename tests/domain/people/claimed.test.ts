import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimed, isReserved } from '../../../domain/people/claimed.ts';

test('a name is called claimed, whoever it names; what a cycle or the holder of the link did is not', () => {
  assert.equal(claimed('eva'), 'eva (claimed)');
  assert.equal(claimed('root'), 'root (claimed)');
  assert.equal(claimed('cycle demo/1'), 'cycle demo/1');
  assert.equal(claimed('local owner'), 'local owner');
});

test('no person may take a name that only Attune gives, however it is spaced', () => {
  for (const name of [
    'cycle demo/1',
    ' cycle demo/1',
    'local owner',
    'local owner\n',
    'cycle a\nb',
  ])
    assert.ok(isReserved(name), JSON.stringify(name));
  for (const name of ['eva', 'owner', 'cyclekeeper', 'bicycle 1'])
    assert.ok(!isReserved(name), name);
});
