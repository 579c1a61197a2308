import {
  condition,
  setCurrentDetails,
  setHandler,
  sleep,
  CancellationScope,
} from '@temporalio/workflow';
import { enoughLabels, type LabelCounts, type SessionEnd } from '../contracts/session.ts';
import { labelingComplete } from './messages.ts';
import { database, outward } from './proxies.ts';

export type LabelInput = {
  readonly project: string;
  readonly session: string;
  readonly deadlineMs: number;
  /** Milliseconds after the start, each reminded of once. */
  readonly reminders: readonly number[];
};

export type LabelResult = {
  readonly ended: SessionEnd;
  readonly counts: LabelCounts;
  readonly enough: boolean;
};

/** Waits for people: ends by signal, target or deadline, and costs nothing meanwhile. */
export async function labelWorkflow(input: LabelInput): Promise<LabelResult> {
  const { project, session } = input;
  let asked = 0;
  let overdue = false;
  setHandler(labelingComplete, (message) => {
    if (message?.session === undefined || message.session === session) asked += 1;
  });

  const timers = new CancellationScope();
  const deadline = timers.run(async () => {
    await sleep(input.deadlineMs, { summary: 'labelling deadline' });
    overdue = true;
  });
  const reminders = timers.run(() =>
    Promise.allSettled(input.reminders.map((after, i) => remindAfter(session, project, after, i))),
  );
  // Both end by cancellation when people are done first; that is no failure.
  void deadline.catch(() => undefined);
  void reminders.catch(() => undefined);

  try {
    return await waitForLabels();
  } finally {
    timers.cancel();
  }

  async function waitForLabels(): Promise<LabelResult> {
    for (;;) {
      const heard = asked;
      const counts = await database.countLabels({ project, session });
      const enough = enoughLabels(counts);
      if (counts.labels + counts.skipped >= counts.target)
        return { ended: 'target', counts, enough };
      if (asked > 0 && enough) return { ended: 'signal', counts, enough };
      if (overdue) return { ended: 'deadline', counts, enough };
      setCurrentDetails(waitingText(counts, asked));
      // Labels may have come with what was said while these were counted.
      await condition(() => asked > heard || overdue);
    }
  }
}

async function remindAfter(
  session: string,
  project: string,
  after: number,
  ordinal: number,
): Promise<void> {
  await sleep(after, { summary: `reminder ${ordinal + 1}` });
  await outward.remind({ project, session, ordinal });
}

function waitingText(counts: LabelCounts, asked: number): string {
  const have = `${counts.consensus} of ${counts.minimum} consensus items, ${counts.labels} of ${counts.target} labels`;
  const values =
    counts.values < 2 ? ' All labels have the same value; at least two values are needed.' : '';
  return asked === 0
    ? `Waiting for people: ${have}.`
    : `Asked to go on, but labels are too few: ${have}.${values} The wait goes on.`;
}
