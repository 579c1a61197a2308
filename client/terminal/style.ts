import { styleText } from 'node:util';

/** Colours only where the stream is a terminal and NO_COLOR is not set. */
const paint =
  (style: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    styleText(style, text, { stream: process.stdout });

export const bold = paint('bold');
export const dim = paint('dim');
export const green = paint('green');
export const red = paint('red');
export const yellow = paint('yellow');
export const cyan = paint('cyan');

/** Width of a text on the screen, its colours left out. */
export const width = (text: string): number =>
  // oxlint-disable-next-line no-control-regex -- colours are control sequences
  text.replace(/\u001b\[[0-9;]*m/g, '').length;

export const pad = (text: string, to: number): string =>
  text + ' '.repeat(Math.max(0, to - width(text)));

/** Text of models and people without control characters, which could rewrite the screen; line ends and tabs stay. */
export const visible = (text: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
