import { width } from './style.ts';

/** One line at the bottom that is written over; other lines go above it. */
export type LiveLine = {
  show(text: string): void;
  /** A line that stays. */
  keep(text: string): void;
  end(): void;
};

const QUIET_MS = 10_000;

/** On a terminal the line is redrawn; elsewhere, such as in a log, it is written every ten seconds at most. */
export function createLiveLine(stream: NodeJS.WriteStream): LiveLine {
  let shown = '';
  let written = 0;
  const wipe = (): void => {
    if (stream.isTTY && shown !== '') stream.write('\r\u001b[2K');
    shown = '';
  };
  return {
    show(text) {
      if (!stream.isTTY) {
        if (performance.now() - written < QUIET_MS && written > 0) return;
        written = performance.now();
        stream.write(`${text}\n`);
        return;
      }
      const fitted =
        width(text) > stream.columns - 1 ? `${text.slice(0, stream.columns - 2)}…` : text;
      if (fitted === shown) return;
      wipe();
      shown = fitted;
      stream.write(fitted);
    },
    keep(text) {
      wipe();
      written = performance.now();
      stream.write(`${text}\n`);
    },
    end: wipe,
  };
}
