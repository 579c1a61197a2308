import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decide } from '../../operations/cycle/messages.ts';
import { watchOf } from '../../client/cycle/promotion-watch.ts';
import { workflowIdOf } from '../../operations/cycle/reference.ts';
import { readExamples } from '../../client/files/examples.ts';
import { importExamples } from '../../operations/dataset/import-examples.ts';
import type { CycleProgress, CycleResult } from '../../contracts/progress.ts';
import { type Cycle, cycleKey, getCycle } from '../../db/cycles/cycles.ts';
import { ownerCookie } from '../server/http.ts';
import { CLONE } from '../../stack/layout.ts';
import { askProgress, type StartedCycle, within } from './cycle.ts';
import { crashSpec, type ExampleSpec } from './spec.ts';
import type { TestStack } from './stack.ts';

const PATIENCE_MS = 120_000;

/** A cycle with everything that a promotion can have: people check, approve, and the promotion is watched. */
export const promotionSpec = (stack: TestStack, changes: object = {}): ExampleSpec =>
  crashSpec(dirname(stack.dataDir), {
    gate: {
      alpha: 0.3,
      judgeFloor: -1,
      trials: 1,
      peopleCheck: { clusters: 20, deadline: '1h' },
    },
    approval: { needed: true, deadline: '1h' },
    watch: { every: '1s', batch: 10, window: '1h' },
    ...changes,
  });

/** Looks until there is something. */
export async function reach<T>(what: string, look: () => Promise<T | null>): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    assert.ok(performance.now() < end, `${what} in time`);
    await sleep(200);
  }
}

/** Waits until a cycle asks people: for labels of a session, or for a decision. */
export const phase = (
  started: StartedCycle,
  wanted: 'label' | 'check' | 'approve',
): Promise<CycleProgress> =>
  reach(`the phase ${wanted}`, async () => {
    const at = await askProgress(started);
    assert.equal(at?.outcome ?? null, null, `ended before ${wanted}: ${at?.note}`);
    return at?.phase === wanted && (wanted === 'approve' || at.session !== null) ? at : null;
  });

/** What the command line sends to approve. */
export async function approve({ cli, name }: StartedCycle, who: string): Promise<void> {
  const client = await cli.connections.temporal();
  const target = { client, workflowId: workflowIdOf(name) };
  await decide(target, { approved: true, who, why: 'read it' });
}

/** A person signs in to the console and approves there with the form of the cycle's page. */
export async function approveInConsole(
  { cli, name }: StartedCycle,
  who: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const { url, token } = cli.connections.server();
  const { origin } = new URL(url);
  const post = (path: string, fields: Record<string, string>, cookie = '') =>
    fetch(new URL(path, url), {
      method: 'POST',
      redirect: 'manual',
      headers: { origin, cookie },
      body: new URLSearchParams(fields),
    });
  const login = await post('/login', { who, token, to: '/' });
  const [cookie] = (login.headers.get('set-cookie') ?? '').split(';');
  const fields = { decision: 'approve', why: 'read it' };
  const answer = await post(`/cycles/${cycleKey(name)}/decide`, fields, cookie);
  return { status: answer.status, text: await answer.text() };
}

/** The text of a cycle's page in the console. */
export async function cyclePage({ cli, name }: StartedCycle): Promise<string> {
  const { url, token } = cli.connections.server();
  const cookie = await ownerCookie({ url }, token);
  return (await fetch(new URL(`/cycles/${cycleKey(name)}`, url), { headers: { cookie } })).text();
}

/** How the cycle ended. */
export const endOf = ({ handle }: StartedCycle): Promise<CycleResult> =>
  within(handle.result(), {
    until: performance.now() + PATIENCE_MS,
    what: async () => 'the end',
  });

export const cycleOf = async ({ cli, name }: StartedCycle): Promise<Cycle> =>
  getCycle(await cli.connections.database(), name);

/** Fresh conversations come into the dataset; answers how many of them were run under both prompts. */
export async function freshPairs(started: StartedCycle): Promise<number> {
  const { cli, name } = started;
  const all = readExamples({ path: join(CLONE, 'examples', 'telecom', 'messages.jsonl') });
  const db = await cli.connections.database();
  const given = { gold: {}, salt: undefined, pin: undefined, sealed: 0.45 };
  await importExamples({ db, project: name.project, name: 'telecom', ...given, ...all });
  return reach('pairs', async () => {
    const { observations } = await watchOf(cli, await cycleOf(started));
    return observations.pairs >= 10 ? observations.pairs : null;
  });
}

/** Half of the requests got each prompt: the old one always passes, the new one never. */
export const worseTraffic = Array.from({ length: 300 }, (_, i) => ({
  conversation: `live-${i}`,
  arm: i % 2 === 0 ? 'predecessor' : 'promoted',
  chance: 0.5,
  score: i % 2 === 0 ? 1 : 0,
}));

export const rolledBack = (started: StartedCycle): Promise<string> =>
  reach('the roll-back', async () => {
    const { outcome } = await watchOf(started.cli, await cycleOf(started));
    return outcome === 'rolled-back' ? outcome : null;
  });
