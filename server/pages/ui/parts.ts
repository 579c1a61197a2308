import { html } from 'hono/html';
import type { Html } from './page.ts';

export type Cell = Html | string | number;

/** A table that scrolls sideways on a phone. Cells are text (escaped) or markup made with `html`. */
export const dataTable = ({
  caption,
  head,
  rows,
  empty = 'Nothing here yet.',
}: {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said in place of a table without rows. */
  readonly empty?: Cell;
}): Html =>
  rows.length === 0
    ? html`<p class="empty">${empty}</p>`
    : html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
        <table>
          <caption class="unseen">
            ${caption}
          </caption>
          <thead>
            <tr>
              ${head.map((title) => html`<th scope="col">${title}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(
              (row) =>
                html`<tr>
                  ${row.map((cell) => html`<td>${cell}</td>`)}
                </tr>`,
            )}
          </tbody>
        </table>
      </div>`;

/** Names and values beside each other. */
export const facts = (rows: Readonly<Record<string, Cell>>): Html =>
  html`<dl class="facts">
    ${Object.entries(rows).map(
      ([name, value]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>`,
    )}
  </dl>`;

export type Tone = 'good' | 'bad' | 'wait' | 'calm';
export const badge = (text: string, tone: Tone = 'calm'): Html =>
  html`<span class="badge ${tone}">${text}</span>`;

/** Long text or JSON as it is: line breaks kept, nothing interpreted. */
export const plain = (content: unknown): Html =>
  html`<pre class="plain">
${typeof content === 'string' ? content : JSON.stringify(content, null, 2)}</pre>`;

export { decimal } from '../../../domain/figures.ts';

/** A time of the database in UTC, to the minute. */
export const moment = (iso: string | null): Html =>
  iso === null
    ? html`<span>none</span>`
    : html`<time datetime="${iso}">${iso.slice(0, 16).replace('T', ' ')} UTC</time>`;

/** One path segment or query value. */
export const segment = (text: string): string => encodeURIComponent(text);
