import { html } from 'hono/html';
import type { Html } from './page.ts';

const WIDTH = 1000;

/** Where a stretch of time lies in another, as a bar. Drawn with attributes of SVG: the content policy refuses styles in markup. */
export function timeBar({
  start,
  end,
  from,
  to,
  tone = 'calm',
}: {
  readonly start: number;
  readonly end: number;
  /** Of the whole. */
  readonly from: number;
  readonly to: number;
  readonly tone?: 'calm' | 'bad';
}): Html {
  const scale = WIDTH / Math.max(to - from, 1e-9);
  const x = Math.min(Math.max((start - from) * scale, 0), WIDTH - 4);
  const width = Math.min(Math.max((end - start) * scale, 4), WIDTH - x);
  return html`<svg
    class="timing ${tone}"
    viewBox="0 0 ${WIDTH} 10"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <rect class="rail" x="0" y="4" width="${WIDTH}" height="2" />
    <rect x="${x.toFixed(1)}" y="0" width="${width.toFixed(1)}" height="10" />
  </svg>`;
}
