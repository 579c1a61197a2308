import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort, freePorts } from '../../stack/ports.ts';

/** Linux gives ports from here on to outgoing connections, other systems from 49,152 on. */
const OUTGOING = 32_768;

test('ports are chosen where no outgoing connection can take them before they are bound', async () => {
  const ports = await freePorts(Array.from({ length: 40 }, () => undefined));
  assert.equal(new Set(ports).size, 40);
  assert.ok(Math.max(...ports) < OUTGOING, `${Math.max(...ports)}`);
});

test('a port is given out once, though its server may be long in binding it', async () => {
  const ports = await Promise.all(Array.from({ length: 400 }, () => freePort()));
  assert.equal(new Set(ports).size, 400);
});

test('a port that was asked for is given when it is free, and another when it is taken', async () => {
  const wish = await freePort();
  assert.equal(await freePort(wish), wish);
  const server = createServer().listen({ port: wish, host: '127.0.0.1' });
  await once(server, 'listening');
  try {
    assert.notEqual(await freePort(wish), wish);
  } finally {
    server.close();
  }
});
