import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { readExamples } from '../../client/files/examples.ts';
import { readReviews } from '../../client/demo/reviewer.ts';
import { cycleReport } from '../../contracts/report.ts';
import type { ItemView } from '../../contracts/session-view.ts';
import { parse } from 'yaml';
import { promotionSpec } from './promoted.ts';
import { startTestStack } from './stack.ts';

const run = promisify(execFile);
const PATIENCE_MS = 180_000;

type Shown = {
  readonly id: string;
  readonly state: string;
  readonly phase: string;
  readonly outcome: string | null;
  readonly note: string;
  readonly sessions: readonly { readonly id: string; readonly state: string }[];
};

type SpecJson = {
  readonly dataset: { readonly path: string; readonly name: string };
  readonly prompts: Readonly<Record<string, string>>;
  readonly judge: string;
};

/** A spec file as it is written; right outputs are a file too, and left out. */
function parseSpec(path: string): SpecJson {
  const { gold: _gold, ...spec } = JSON.parse(readFileSync(path, 'utf8')) as SpecJson & {
    readonly gold: unknown;
  };
  return spec;
}

test(
  'a cycle is started, watched, labelled, approved and read to its report by curl alone',
  { timeout: PATIENCE_MS * 2 },
  async (t) => {
    const stack = await startTestStack({ env: { ATTUNE_SPLIT_SALT: 'crash-2' } });
    t.after(() => stack.close());
    const { url, token } = stack.cli().connections.server();

    /** What curl prints, of GET with a query or of POST with a body. */
    async function curl<T>(path: string, body?: unknown): Promise<T> {
      const args = ['-sS', '-H', `Authorization: Bearer ${token}`];
      const sent = body === undefined ? null : JSON.stringify(body);
      if (sent !== null) args.push('-H', 'content-type: application/json', '--data-binary', '@-');
      const child = run('curl', [...args, new URL(path, url).href], { maxBuffer: 1e8 });
      // A GET reads no input, so nothing is written to it: on a busy machine curl has ended by then. One that ends early says why itself.
      const { stdin } = child.child;
      stdin?.on('error', () => undefined);
      if (sent !== null) stdin?.end(sent);
      const answer = JSON.parse((await child).stdout) as T & { readonly error?: unknown };
      assert.equal(answer.error, undefined, JSON.stringify(answer));
      return answer;
    }

    const file = promotionSpec(stack, {
      watch: undefined,
      gate: { alpha: 0.3, judgeFloor: -1, trials: 1 },
    });
    const { dataset, prompts, judge, ...spec } = parseSpec(file.path);
    const { examples } = readExamples({ path: dataset.path, conversation: 'conversation' });
    const started = await curl<{ id: string; cycle: string; number: number }>(
      '/api/v1/cycle/start',
      {
        spec: {
          ...spec,
          dataset: dataset.name,
          judge: parse(readFileSync(resolve(file.folder, judge), 'utf8')) as unknown,
          prompts: Object.fromEntries(Object.keys(prompts).map((name) => [name, null])),
        },
        texts: Object.fromEntries(
          Object.entries(prompts).map(([name, path]) => [name, readFileSync(path, 'utf8')]),
        ),
        rows: examples.map(({ hash: _hash, ...row }) => row),
      },
    );
    assert.match(started.id, /^cycle\/default\/crash-fixture\/1$/);
    const shown = () => curl<Shown>(`/api/v1/cycle/show?cycle=${started.cycle}/1`);
    const until = async (what: string, is: (now: Shown) => boolean): Promise<Shown> => {
      for (const end = performance.now() + PATIENCE_MS; ; await sleep(300)) {
        const now = await shown();
        if (is(now)) return now;
        assert.equal(now.state, 'running', `${what}: ${now.state} ${now.outcome} ${now.note}`);
        assert.ok(performance.now() < end, `${what} in time; ${now.phase}: ${now.note}`);
      }
    };

    const open = await until('a label session', ({ sessions }) =>
      sessions.some(({ state }) => state === 'open'),
    );
    const session = open.sessions.find(({ state }) => state === 'open')!.id;
    const reviews = readReviews(file.reviewers);
    const { items } = await curl<{ items: ItemView[] }>(
      `/api/sessions/${encodeURIComponent(session)}/items`,
    );
    const { judge: name } = (
      await curl<{ session: { judge: string } }>(`/api/sessions/${encodeURIComponent(session)}`)
    ).session;
    const labels = items.flatMap((item) =>
      Object.entries(reviews[item.row_id] ?? {}).map(([rater, { route, reason }]) => ({
        trace_id: item.trace_id,
        rater,
        name,
        value: item.outputs['route'] === route,
        rationale: reason,
      })),
    );
    await curl('/api/labels', labels);
    await curl('/api/v1/cycle/labeling-complete', { cycle: started.id, session });

    await until('the decision', ({ phase, outcome }) => phase === 'approve' || outcome !== null);
    await curl('/api/v1/cycle/approve', { cycle: started.id, why: 'read it' });
    const end = await until('the end', ({ outcome }) => outcome !== null);
    assert.equal(end.outcome, 'promoted');
    const report = cycleReport.parse(await curl(`/api/v1/cycle/report?cycle=${started.id}`));
    assert.equal(report.verdict, 'promote');
    const moves = await curl<{ items: readonly { to: number; override: boolean }[] }>(
      `/api/v1/prompt/history?prompt=${Object.keys(prompts)[0]}`,
    );
    assert.deepEqual(
      moves.items.map(({ to, override }) => [to, override]),
      [
        [1, false],
        [2, false],
      ],
    );
  },
);
