import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort, freePorts } from '../../stack/ports.ts';

const OUTGOING = '/proc/sys/net/ipv4/ip_local_port_range';

test('ports are chosen where no outgoing connection can take them before they are bound', async (t) => {
  if (!existsSync(OUTGOING)) return t.skip('the system does not say which ports it gives out');
  const [lowest = 0] = readFileSync(OUTGOING, 'utf8').trim().split(/\s+/).map(Number);
  const ports = await freePorts(Array.from({ length: 40 }, () => undefined));
  assert.equal(new Set(ports).size, 40);
  assert.ok(Math.max(...ports) < Math.max(lowest, 32_768), `${Math.max(...ports)}`);
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
