import { setTimeout as sleep } from 'node:timers/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cli } from '../cli.ts';
import { findLatest } from '../cycle/find.ts';
import { signalComplete } from '../../operations/cycle/messages.ts';
import { type CycleName, workflowIdOf } from '../../operations/cycle/reference.ts';
import { ensureRunning, startCycle } from '../cycle/start.ts';
import { watchCycle, type Watched } from '../cycle/watch.ts';
import { readSpec } from '../spec/read.ts';
import { count } from '../terminal/figures.ts';
import type { LiveLine } from '../terminal/live-line.ts';
import { readReviews, reviewSession } from './reviewer.ts';

export const DEMO_SPEC = fileURLToPath(
  new URL('../../examples/telecom/cycle.yaml', import.meta.url),
);
const REVIEWERS = 'reviewers.jsonl';
const GRACE_MS = 3_000;

export type Demo = {
  readonly cli: Cli;
  readonly spec: string;
  /** Start the next cycle also when the last one has ended. */
  readonly again: boolean;
  readonly signal: AbortSignal;
};
export type DemoEnd = {
  readonly name: CycleName;
  /** `null`: the last cycle had ended before, and nothing was run. */
  readonly watched: Watched | null;
};

/**
 * Takes an example through one cycle, its labels given by the scripted reviewer. A cycle under way is gone on with; one that has
 * ended is left as it is unless `again`.
 */
export async function runDemo({ cli, spec, again, signal }: Demo): Promise<DemoEnd> {
  const file = readSpec(spec);
  const latest = await findLatest(cli, file.spec.cycle);
  if (latest !== null && latest.ended && !again) return { name: latest.name, watched: null };
  const name = latest === null || latest.ended ? await startCycle(cli, file) : latest.name;
  if (latest !== null && !latest.ended) {
    cli.note(`Going on with ${workflowIdOf(name)}`);
    await ensureRunning(cli, name);
  }
  const onSession = (session: string, line: LiveLine): Promise<void> =>
    review({
      cli,
      name,
      session,
      line,
      folder: file.folder,
      field: file.spec.gold?.output ?? 'output',
    });
  return { name, watched: await watchCycle({ cli, name, signal, onSession }) };
}

type Review = {
  readonly cli: Cli;
  readonly name: CycleName;
  readonly session: string;
  readonly line: LiveLine;
  readonly folder: string;
  readonly field: string;
};

async function review({ cli, name, session, line, folder, field }: Review): Promise<void> {
  const reviews = readReviews(resolve(folder, REVIEWERS));
  const server = cli.connections.server();
  const { labels, raters } = await reviewSession({ server, session, reviews, field });
  if (!cli.json)
    line.keep(
      `     the scripted reviewer (${raters.join(', ')}) posted ${count(labels, 'label')} through the API`,
    );
  // The target ends the wait by itself; where it cannot be reached, the reviewers say that they are done.
  await sleep(GRACE_MS);
  const client = await cli.connections.temporal();
  await signalComplete({ client, workflowId: workflowIdOf(name), session }).catch(() => undefined);
}
