import { html } from 'hono/html';
import type { Html } from './page.ts';

/** One field for a filter, with its fault and what may be written. */
export const filterForm = ({
  text,
  fault,
  help,
  more = '',
}: {
  readonly text: string;
  readonly fault: string | null;
  readonly help: string;
  /** Fields beside it. */
  readonly more?: Html | string;
}): Html =>
  html`<form method="get" class="card stack" role="search">
    <label>Filter <input name="q" value="${text}" spellcheck="false" autocomplete="off" /></label>
    ${fault === null ? '' : html`<p class="fault" role="alert">${fault}</p>`}
    <p class="hint">${help}</p>
    <div class="row">${more}<button class="primary">Search</button></div>
  </form>`;
