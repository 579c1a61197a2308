import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

// Below the ports that systems give to outgoing connections: one of those may be gone again before a server has bound it.
const [LOWEST, HIGHEST] = [20_000, 32_767];
const TRIES = 20;
/** Given out by this process: a server that is about to bind one of these has it, though nobody listens there yet. */
const given = new Set<number>();

/** A loopback port nobody listens on, and none that this process gave out before; `preferred` if that one is free. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await listen(preferred)) !== undefined) {
    given.add(preferred);
    return preferred;
  }
  for (let n = 0; n < TRIES; n += 1) {
    const chosen = randomInt(LOWEST, HIGHEST + 1);
    if (given.has(chosen)) continue;
    given.add(chosen);
    const port = await listen(chosen);
    if (port !== undefined) return port;
  }
  for (let n = 0; n < TRIES; n += 1) {
    const port = await listen(0);
    if (port === undefined || given.has(port)) continue;
    given.add(port);
    return port;
  }
  throw new Error('No free port on 127.0.0.1: the machine gave none out.');
}

/** Several different free ports. */
export async function freePorts(preferred: readonly (number | undefined)[]): Promise<number[]> {
  const ports: number[] = [];
  for (const wish of preferred)
    ports.push(await freePort(wish !== undefined && ports.includes(wish) ? undefined : wish));
  return ports;
}

function listen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() =>
        resolve(address !== null && typeof address === 'object' ? address.port : undefined),
      );
    });
  });
}
