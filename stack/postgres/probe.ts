import { createConnection } from 'node:net';

/** What answers at a PostgreSQL address: `ready` also when the server refuses the user, for then it is up. */
export type PostgresState = 'ready' | 'starting' | 'down';

const TIMEOUT_MS = 2_000;
const PROTOCOL_3_0 = 196_608;
const CANNOT_CONNECT_NOW = 'C57P03';

/** Opens a connection as far as the server's first answer (protocol 3.0, StartupMessage) and closes it. */
export function probePostgres(host: string, port: number): Promise<PostgresState> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port });
    const finish = (state: PostgresState) => {
      socket.destroy();
      resolve(state);
    };
    socket.setTimeout(TIMEOUT_MS, () => finish('down'));
    socket.once('error', () => finish('down'));
    socket.once('close', () => finish('down'));
    socket.once('connect', () => socket.write(startupMessage()));
    socket.once('data', (answer) => {
      const refusedForNow =
        answer[0] === 0x45 && answer.toString('latin1').includes(CANNOT_CONNECT_NOW);
      finish(refusedForNow ? 'starting' : 'ready');
    });
  });
}

function startupMessage(): Buffer {
  const parameters = Buffer.from('user\0attune\0database\0attune\0\0');
  const head = Buffer.alloc(8);
  head.writeInt32BE(head.length + parameters.length, 0);
  head.writeInt32BE(PROTOCOL_3_0, 4);
  return Buffer.concat([head, parameters]);
}
