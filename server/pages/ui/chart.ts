import { html } from 'hono/html';
import type { Html } from './page.ts';
import { dataTable, decimal } from './parts.ts';

/** What assets/charts.js draws. Shares are in [0, 1]. */
export type ChartData =
  | {
      /** Points with their intervals, such as the score over versions. */
      readonly kind: 'intervals';
      readonly axis: string;
      readonly percent: boolean;
      readonly points: readonly {
        readonly label: string;
        readonly mean: number;
        readonly low: number | null;
        readonly high: number | null;
      }[];
    }
  | {
      /** counts[person][judge], such as a confusion matrix. */
      readonly kind: 'matrix';
      readonly rowTitle: string;
      readonly columnTitle: string;
      readonly counts: Readonly<Record<string, Readonly<Record<string, number>>>>;
    }
  | {
      /** A scatter whose front is drawn as a line. */
      readonly kind: 'front';
      readonly xTitle: string;
      readonly yTitle: string;
      readonly points: readonly {
        readonly label: string;
        readonly x: number;
        readonly y: number;
        readonly front: boolean;
      }[];
    }
  | {
      /** A directed graph in columns by depth, such as the lineage of candidates. */
      readonly kind: 'lineage';
      readonly nodes: readonly {
        readonly id: string;
        readonly label: string;
        readonly depth: number;
        readonly score: number | null;
      }[];
      readonly edges: readonly { readonly from: string; readonly to: string }[];
    };

/** A picture with its figures as a table below, for readers without it. The page lists `charts.js` among its scripts. */
export const chart = (caption: string, data: ChartData): Html =>
  html`<figure class="chart">
    <figcaption>${caption}</figcaption>
    <div
      class="canvas"
      role="img"
      aria-label="${caption}"
      data-chart="${JSON.stringify(data)}"
    ></div>
    <details>
      <summary>The figures as a table</summary>
      ${figures(caption, data)}
    </details>
  </figure>`;

type Interval = { readonly low: number; readonly high: number } | null;
type Measured = {
  readonly label: string;
  readonly mean: number | null;
  readonly interval: Interval;
};

/** Means with their intervals; nothing where nothing was measured. Shares are drawn as percents. */
export function intervalsChart(
  caption: string,
  axis: string,
  { rows, percent = true }: { readonly rows: readonly Measured[]; readonly percent?: boolean },
): Html | string {
  const points = rows.flatMap(({ label, mean, interval }) =>
    mean === null
      ? []
      : [{ label, mean, low: interval?.low ?? null, high: interval?.high ?? null }],
  );
  return points.length === 0 ? '' : chart(caption, { kind: 'intervals', axis, percent, points });
}

function figures(caption: string, data: ChartData): Html {
  const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): Html =>
    dataTable({ caption: `${caption}: figures`, head, rows });
  switch (data.kind) {
    case 'intervals':
      return table(
        ['', data.axis, 'low', 'high'],
        data.points.map(({ label, mean, low, high }) => [
          label,
          ...[mean, low, high].map((value) => decimal(value, 3)),
        ]),
      );
    case 'matrix': {
      const columns = [...new Set(Object.values(data.counts).flatMap(Object.keys))];
      return table(
        [`${data.rowTitle} / ${data.columnTitle}`, ...columns],
        Object.entries(data.counts).map(([row, counts]) => [
          row,
          ...columns.map((column) => counts[column] ?? 0),
        ]),
      );
    }
    case 'front':
      return table(
        ['', data.xTitle, data.yTitle, 'on the front'],
        data.points.map(({ label, x, y, front }) => [label, x, y, front ? 'yes' : 'no']),
      );
    case 'lineage':
      return table(
        ['candidate', 'from', 'score'],
        data.nodes.map(({ id, label, score }) => [
          label,
          data.edges
            .filter((edge) => edge.to === id)
            .map((edge) => data.nodes.find((node) => node.id === edge.from)?.label ?? edge.from)
            .join(', ') || 'the seed',
          decimal(score, 3),
        ]),
      );
  }
}
