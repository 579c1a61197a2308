import type { Db } from '../../db/connect.ts';
import { registerAgents } from '../../db/versions/agents.ts';
import { addTurn, answerTurn, type TurnAnswer } from '../../db/drives/turns.ts';
import { createDrive } from '../../db/drives/drives.ts';
import { importSpans } from '../../db/traces/traces.ts';
import { received } from '../db/received.ts';
import { PROJECT } from '../db/fixture.ts';

export const DRIVE = 'd0123456789abcdef';

const answer = (given: Partial<TurnAnswer>): TurnAnswer => ({
  status: 'ok',
  outputs: null,
  error: null,
  latencyMs: 1234,
  price: 0.0021,
  practice: false,
  ...given,
});

const fault = (kind: string, message: string) =>
  answer({ status: kind.startsWith('agent') ? 'failed' : 'missing', error: { kind, message } });

/** A talk with an answer, one of each trouble, and a message that still waits; `said` is the first message and its answer. */
export async function fillDrive(db: Db, said: string): Promise<void> {
  await registerAgents(db, PROJECT, [
    {
      name: 'router',
      kind: 'module',
      fingerprint: 'f1',
      prompts: ['router'],
      deterministic: false,
      timeoutMs: 30_000,
    },
  ]);
  await createDrive(db, {
    project: PROJECT,
    id: DRIVE,
    agent: 'router',
    prompts: { router: '1' },
    asking: { field: 'message', before: { field: 'previous', as: 'messages' }, more: {} },
    who: said,
  });
  const answers = [
    answer({ outputs: { answer: said } }),
    answer({ outputs: { route: 'billing', why: { words: [said] } } }),
    fault('agent-timeout', 'the agent took more than 30 s of its own time'),
    fault('infrastructure', `connect ECONNREFUSED ${said}`),
  ];
  for (const [at, given] of answers.entries())
    await answerTurn(db, await ask(db, at === 0 ? said : `message ${at + 1}`), given);
  await ask(db, 'And a message that waits for its answer?');
}

async function ask(db: Db, message: string) {
  const turn = await addTurn(db, { project: PROJECT, drive: DRIVE }, (before) => ({
    message,
    inputs: { message },
    versions: { router: 1 },
    traceId: `${before.length + 1}`.repeat(32),
  }));
  if (turn.turn <= 2)
    await importSpans(db, {
      project: PROJECT,
      spans: [
        received('a', {
          trace: turn.traceId,
          kind: 'agent',
          inputs: { message },
          outputs: { answer: `to ${message}` },
          session: `drive/${DRIVE}`,
        }),
      ],
    });
  return turn;
}
