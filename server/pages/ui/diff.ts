import { html } from 'hono/html';
import { lineDiff } from '../../../domain/line-diff.ts';
import type { Html } from './page.ts';

/** What changed between two texts, line by line. */
export function diffOf(from: string, to: string): Html {
  const text = lineDiff(from, to);
  return text === '' ? html`<p class="empty">No difference.</p>` : diffBlock(text);
}

/** A diff as `lineDiff` writes it. */
export const diffBlock = (text: string): Html =>
  html`<pre class="plain card">${text.split('\n').map(lineOf)}</pre>`;

const lineOf = (line: string): Html => {
  const text = `${line}\n`;
  if (line.startsWith('+')) return html`<ins>${text}</ins>`;
  return line.startsWith('-') ? html`<del>${text}</del>` : html`<span>${text}</span>`;
};
