import { appendFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { createPracticeServer, type Logged } from './server.ts';

const { values } = parseArgs({
  options: { port: { type: 'string' }, 'latency-ms': { type: 'string' }, host: { type: 'string' } },
});
const log = process.env['PRACTICE_LOG'];
const server = createPracticeServer({
  latencyMs: Number(values['latency-ms'] ?? process.env['PRACTICE_LATENCY_MS'] ?? 0),
  ...(log ? { log: (request: Logged) => appendFileSync(log, `${lineOf(request)}\n`) } : {}),
});

server.on('error', (error) => {
  console.error(`The practice model cannot listen: ${error.message}`);
  process.exit(1);
});
server.listen(Number(values.port ?? process.env['PORT'] ?? 0), values.host ?? '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  console.log(JSON.stringify({ ready: true, role: 'practice', port }));
});

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });

/** The request on one line, its body as JSON; what is not JSON is kept as a text. */
function lineOf({ body, ...request }: Logged): string {
  try {
    return JSON.stringify({ ...request, body: JSON.parse(body) as unknown });
  } catch {
    return JSON.stringify({ ...request, body });
  }
}
