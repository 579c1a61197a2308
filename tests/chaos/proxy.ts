import { createServer, connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A way to a server that can be cut, and on which everything can stand still. */
export type Proxy = {
  readonly port: number;
  /** Breaks every connection, and accepts none for so long. */
  cut(ms: number): Promise<void>;
  /** Passes nothing on for so long, in neither direction; connections stay, and new ones are not answered. */
  hang(ms: number): Promise<void>;
  close(): void;
};

export async function startProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<Proxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'open' | 'cut' | 'hung' = 'open';
  const server = createServer((near) => {
    if (state === 'cut') {
      near.resetAndDestroy();
      return;
    }
    const far = connect(target);
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('error', () => end(pair));
      socket.on('close', () => end(pair));
      if (state === 'hung') socket.pause();
    }
    near.on('data', (chunk) => pass(far, near, chunk));
    far.on('data', (chunk) => pass(near, far, chunk));
    if (state === 'hung') pair.forEach((socket) => socket.pause());
  });

  function pass(to: Socket, from: Socket, chunk: Buffer): void {
    if (to.write(chunk)) return;
    from.pause();
    to.once('drain', () => {
      if (state !== 'hung') from.resume();
    });
  }

  function end(pair: readonly [Socket, Socket]): void {
    pairs.delete(pair);
    pair.forEach((socket) => socket.destroy());
  }

  const endAll = (): void =>
    pairs.forEach((pair) => {
      pairs.delete(pair);
      pair.forEach((socket) => socket.resetAndDestroy());
    });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    async cut(ms) {
      state = 'cut';
      endAll();
      await sleep(ms);
      state = 'open';
    },
    async hang(ms) {
      state = 'hung';
      pairs.forEach((pair) => pair.forEach((socket) => socket.pause()));
      await sleep(ms);
      state = 'open';
      pairs.forEach((pair) => pair.forEach((socket) => socket.resume()));
    },
    close() {
      endAll();
      server.close();
    },
  };
}
