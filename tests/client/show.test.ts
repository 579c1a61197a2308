import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { createCli } from '../../client/cli.ts';
import { createShow } from '../../client/cycle/show.ts';
import { readEnvironment } from '../../client/environment.ts';
import type { LiveLine } from '../../client/terminal/live-line.ts';
import type { CycleProgress, Phase } from '../../contracts/progress.ts';

const at = (phase: Phase): CycleProgress => ({
  phase,
  session: null,
  counts: null,
  note: '',
  outcome: null,
  verdict: null,
});
const figures = (done: number, score: number | null = 0.5) => ({
  done,
  total: 100,
  score,
  spend: 0.25,
});

function screen(): { readonly line: LiveLine; readonly shown: string[]; readonly kept: string[] } {
  const [shown, kept]: [string[], string[]] = [[], []];
  const line: LiveLine = {
    show: (text) => void shown.push(text),
    keep: (text) => void kept.push(text),
    end: () => {},
  };
  return { line, shown, kept };
}
const cli = createCli(readEnvironment({}), false);

test('progress shows place, work done, running score, spend, and the time left once the pace is known', () => {
  const clock = mock.method(performance, 'now', () => now);
  let now = 0;
  const { line, shown } = screen();
  const show = createShow(cli, line);
  show.at(at('evaluate'), figures(0, null), null);
  now = 10_000;
  show.at(at('evaluate'), figures(20), null);
  clock.mock.restore();
  assert.deepEqual(shown, [
    '     [2/12] evaluate  0 of 100, spent 0.25 USD',
    '     [2/12] evaluate  20 of 100, score 50.0 %, spent 0.25 USD, about 40 s left',
  ]);
});

test('a phase that ended stays on the screen with what it came to, not with what was seen last', () => {
  const { line, kept } = screen();
  const show = createShow(cli, line);
  show.at(at('evaluate'), figures(20), null);
  show.at(at('label'), { done: 3, total: 9, score: null, spend: 0.5 }, figures(100, 0.625));
  show.finish();
  assert.deepEqual(kept, [
    'done [2/12] evaluate  100 of 100, score 62.5 %, spent 0.25 USD',
    'done [4/12] label     3 of 9 labels, spent 0.50 USD',
  ]);
});
