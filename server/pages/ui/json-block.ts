import { raw } from 'hono/html';
import type { Html } from './page.ts';

/** Data for a script of the page. Browsers do not run a block of this type; `<` is written so that it cannot close the block. */
export const jsonBlock = (id: string, value: unknown): Html =>
  raw(
    `<script type="application/json" id="${id}">${JSON.stringify(value)
      .replaceAll('<', '\\u003c')
      .replaceAll('\u2028', '\\u2028')
      .replaceAll('\u2029', '\\u2029')}</script>`,
  );
