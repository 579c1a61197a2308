import type { CycleProgress, Phase } from '../../contracts/progress.ts';
import type { Cli } from '../cli.ts';
import type { LiveLine } from '../terminal/live-line.ts';
import { green } from '../terminal/style.ts';
import { type Figures, progressText } from './progress-text.ts';

export type Show = {
  /** `before`: what the phase that went before came to, read after it had ended. */
  at(progress: CycleProgress, figures: Figures, before: Figures | null): void;
  /** The phase shown last; null before the first. */
  phase(): Phase | null;
  /** The last phase seen has ended too. */
  finish(): void;
};

type Shown = { readonly progress: CycleProgress; readonly figures: Figures };

/**
 * Writes a phase that ended as a line that stays, and the current one as a line that changes; under --json each change as a line of
 * JSON on stderr.
 */
export function createShow(cli: Cli, line: LiveLine): Show {
  let shown: Shown | null = null;
  let begun = { at: performance.now(), done: 0 };
  const textOf = ({ progress, figures }: Shown, done: boolean): string =>
    progressText(progress, figures, {
      // What has ended has no pace, so no time is said to be left.
      elapsedMs: done ? 0 : performance.now() - begun.at,
      doneAtStart: begun.done,
    });
  const keep = (figures: Figures | null): void => {
    if (shown === null || cli.json) return;
    const last = { ...shown, figures: figures ?? shown.figures };
    line.keep(`${green('done')} ${textOf(last, true)}`);
  };
  return {
    at(progress, figures, before) {
      const change = JSON.stringify({ ...progress, ...figures });
      if (shown?.progress.phase !== progress.phase) {
        keep(before);
        begun = { at: performance.now(), done: figures.done };
      }
      const same =
        shown !== null && JSON.stringify({ ...shown.progress, ...shown.figures }) === change;
      shown = { progress, figures };
      if (!cli.json) line.show(`     ${textOf(shown, false)}`);
      else if (!same) process.stderr.write(`${change}\n`);
    },
    phase: () => shown?.progress.phase ?? null,
    finish: () => keep(null),
  };
}
