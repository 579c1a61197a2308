import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { judgeDefinition } from '../../../contracts/judge.ts';
import type { Db } from '../../../db/connect.ts';
import { openDatabase } from '../../db/database.ts';
import { example } from '../../db/fixture.ts';
import { assessAll } from './world.ts';

/** What the model says to each answer, first and when asked once more. */
const SAYS: Readonly<Record<string, readonly [string, string?]>> = {
  prose: ['Let me think. {"rationale": "fine", "value": true} I hope this helps!'],
  case: ['{"Rationale": "fine", "Value": "TRUE"}'],
  nested: [`${'{"reply":'.repeat(20)}{"rationale":"fine","value":true}${'}'.repeat(20)}`],
  enum: ['{"rationale": "r", "value": "maybe"}', '{"rationale": "fine", "value": true}'],
  empty: ['', '{"rationale": "fine", "value": true}'],
  truncated: ['{"rationale": "it was go', '{"rationale": "fine", "value": true}'],
  stubborn: ['I would rather not say.', 'As I said: no JSON from me.'],
};

let db: Db;
let server: Server;
let requests = 0;
before(async () => {
  ({ db } = await openDatabase());
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests += 1;
      const { messages } = JSON.parse(Buffer.concat(chunks).toString()) as {
        messages: { content: string }[];
      };
      const asked = Object.keys(SAYS).find((answer) =>
        messages[1]!.content.includes(`"${answer}"`),
      )!;
      const [first, second] = SAYS[asked]!;
      const content = messages.length > 2 ? second! : first;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          id: 'x',
          object: 'chat.completion',
          created: 0,
          model: 'weak',
          choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        }),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => {
  server.closeAllConnections();
  server.close();
});

test('weak replies are repaired, or asked once more, else an error that keeps the reply', async () => {
  const answers = Object.keys(SAYS);
  const { port } = server.address() as AddressInfo;
  const { found } = await assessAll({
    db,
    project: 'weak',
    rows: answers.map((answer) =>
      example(`train-${answer}`, { outputs: { answer }, tags: { part: 'train' } }),
    ),
    base: `http://127.0.0.1:${port}/v1`,
    scorers: [
      judgeDefinition.parse({
        name: 'j',
        instructions: 'Is {{outputs}} fine?',
        value: { type: 'boolean' },
      }),
    ],
  });
  const values = found['j']!.map((row) => row.assessment?.value ?? null);
  assert.deepEqual(values, [true, true, true, true, true, true, null]);
  const stubborn = found['j']!.at(-1)!;
  assert.equal(stubborn.assessment?.error?.kind, 'unparseable');
  assert.deepEqual(stubborn.evidence, { reply: 'As I said: no JSON from me.' });
  // One call each, and a second one for the four that could not be repaired.
  assert.equal(requests, answers.length + 4);
});
