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
      // A terminal that does not tell its width is not cut to it.
      const room = stream.columns > 20 ? stream.columns - 1 : Infinity;
      const fitted = width(text) > room ? `${text.slice(0, room - 1)}…` : text;
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
