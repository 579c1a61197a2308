// A small real process in place of the practice model, a worker or the server: it announces itself, answers with its environment and
// ends when asked to.
import { createServer } from 'node:http';

const role = process.argv[2] ?? 'none';
const server = createServer((_request, response) => void response.end(JSON.stringify(process.env)));
server.listen(Number(process.env['PORT']), '127.0.0.1', () => {
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  process.stdout.write(`${role} is up\n${JSON.stringify({ ready: true, role, port })}\n`);
});
process.once('SIGTERM', () => {
  process.stdout.write(`${role} ends\n`);
  process.exit(0);
});
