import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapt, createLimiter } from '../../llm/limiter.ts';

const never = new AbortController().signal;
const tick = () => new Promise((resolve) => setImmediate(resolve));

test('no more calls run at once than the concurrency allows', async () => {
  const limiter = createLimiter({ concurrency: 2 });
  const leave = await limiter.acquire('a', never);
  await limiter.acquire('a', never);
  let third = false;
  void limiter.acquire('a', never).then(() => (third = true));
  await tick();
  assert.equal(third, false);
  leave('done');
  await tick();
  assert.equal(third, true);
});

test('waiting calls take turns by cycle: a small cycle does not wait behind a large one', async () => {
  const limiter = createLimiter({ concurrency: 1 });
  const leave = await limiter.acquire('large', never);
  const order: string[] = [];
  const run = async (cycle: string): Promise<void> => {
    const done = await limiter.acquire(cycle, never);
    order.push(cycle);
    done('done');
  };
  const all = [
    ...Array.from({ length: 4 }, () => run('large')),
    ...Array.from({ length: 2 }, () => run('small')),
  ];
  leave('done');
  await Promise.all(all);
  assert.deepEqual(order, ['large', 'small', 'large', 'small', 'large', 'large']);
});

test('one 429 among many calls does not lower the concurrency; a storm does, and calm brings it back', async () => {
  let clock = 0;
  const limiter = createLimiter({ concurrency: 16, now: () => clock });
  const play = async (limited: number): Promise<number> => {
    for (let i = 0; i < 20; i++) {
      if (i === 19) clock += 2_000;
      (await limiter.acquire('a', never))(i < limited ? 'limited' : 'done');
    }
    return limiter.state().allowed;
  };
  assert.equal(await play(1), 16);
  assert.equal(await play(10), 8);
  assert.equal(await play(20), 4);
  assert.equal(await play(0), 6);
  for (let i = 0; i < 10; i++) await play(0);
  assert.equal(limiter.state().allowed, 16);
});

test('the concurrency never falls below one', () => {
  assert.equal(adapt(1, 64, 1), 1);
});

test('calls a minute are bounded', async () => {
  let clock = 0;
  const limiter = createLimiter({ concurrency: 10, perMinute: 2, now: () => clock });
  for (let i = 0; i < 2; i++) (await limiter.acquire('a', never))('done');
  const leave = new AbortController();
  const third = limiter.acquire('a', leave.signal);
  await tick();
  assert.equal(limiter.state().waiting, 1);
  leave.abort(new Error('enough'));
  await assert.rejects(third, /enough/);
  clock += 60_001;
  (await limiter.acquire('a', never))('done');
});

test('a caller who leaves the line gives up its place', async () => {
  const limiter = createLimiter({ concurrency: 1 });
  const leave = await limiter.acquire('a', never);
  const gone = new AbortController();
  const waiting = limiter.acquire('a', gone.signal);
  gone.abort(new Error('left'));
  await assert.rejects(waiting, /left/);
  assert.equal(limiter.state().waiting, 0);
  leave('done');
  assert.equal(limiter.state().active, 0);
});

test('a slot given back twice is given back once', async () => {
  const limiter = createLimiter({ concurrency: 2 });
  const leave = await limiter.acquire('a', never);
  leave('done');
  leave('done');
  assert.equal(limiter.state().active, 0);
});
