import type { BenchRow } from './docs.ts';

const INK = '#444';
const GATE = '#0b6e4f';
const NAIVE = '#b23a48';
const FONT = 'font-family="system-ui, sans-serif" font-size="12"';

const svg = (width: number, height: number, body: readonly string[]): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ${FONT} fill="${INK}">
<rect width="${width}" height="${height}" fill="#fff"/>
${body.join('\n')}
</svg>
`;

const text = (x: number, y: number, content: string, anchor = 'start'): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}">${content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</text>`;

const line = (from: readonly [number, number], to: readonly [number, number], style: string) =>
  `<line x1="${from[0]}" y1="${from[1]}" x2="${to[0]}" y2="${to[1]}" ${style}/>`;

/** One row a cell: the gate's share with two Monte Carlo errors, the naive rule's beside it, the level as a mark. */
export function nullPicture(rows: readonly BenchRow[]): string {
  const [left, step, top] = [390, 15, 56];
  const x = (share: number): number => left + 440 * Math.sqrt(share);
  const height = top + rows.length * step + 20;
  const ticks = [0, 0.01, 0.05, 0.1, 0.25, 0.5, 1].flatMap((share) => [
    line([x(share), top - 8], [x(share), height - 14], 'stroke="#ddd"'),
    text(x(share), top - 14, `${share * 100} %`, 'middle'),
  ]);
  const marks = rows.flatMap((row, place) => {
    const y = top + place * step + 6;
    const [low, high] = [row.gate - 2 * row.gateError, row.gate + 2 * row.gateError];
    const level = x(row.level ?? 0);
    return [
      text(
        left - 10,
        y + 4,
        `${row.setting}, ${row.clusters} clusters, margin ${row.margin}`,
        'end',
      ),
      line([level, y - 5], [level, y + 5], `stroke="${INK}" stroke-width="2"`),
      line([x(Math.max(0, low)), y], [x(Math.min(1, high)), y], `stroke="${GATE}"`),
      `<circle cx="${x(row.gate)}" cy="${y}" r="3.5" fill="${GATE}"/>`,
      `<circle cx="${x(row.naive)}" cy="${y}" r="3.5" fill="none" stroke="${NAIVE}"/>`,
    ];
  });
  const legend = text(
    10,
    16,
    'Wrong promotions: gate (full), naive rule (empty), level (bar); square-root scale',
  );
  return svg(880, height, [legend, ...ticks, ...marks]);
}

const gainAt = (gain: number): number => 60 + (gain - 0.1) * 2800;
const powerAt = (share: number): number => 270 - 230 * share;

/** Share of gates that promote, by true gain: one curve for each number of clusters. */
export function powerPicture(rows: readonly BenchRow[]): string {
  const grid = [0, 0.25, 0.5, 0.8, 1].flatMap((share) => [
    line([60, powerAt(share)], [480, powerAt(share)], 'stroke="#ddd"'),
    text(52, powerAt(share) + 4, `${share * 100} %`, 'end'),
  ]);
  const gains = [...new Set(rows.map(({ shift }) => shift))];
  const labels = gains.map((gain) =>
    text(gainAt(gain), 290, `+${Math.round(gain * 100)}`, 'middle'),
  );
  const curves = [...Map.groupBy(rows, ({ clusters }) => clusters)].flatMap(([clusters, own]) => {
    const points = own.map(({ shift, gate }) => `${gainAt(shift)},${powerAt(gate)}`);
    const first = own[0];
    return [
      `<polyline points="${points.join(' ')}" fill="none" stroke="${GATE}" stroke-width="1.5"/>`,
      ...own.map(
        (at) => `<circle cx="${gainAt(at.shift)}" cy="${powerAt(at.gate)}" r="3" fill="${GATE}"/>`,
      ),
      text(gainAt(first?.shift ?? 0) + 6, powerAt(first?.gate ?? 0) - 8, `${clusters}`),
    ];
  });
  const title = text(
    10,
    18,
    'Promoted, by true gain in points and number of clusters (first look)',
  );
  return svg(560, 300, [title, ...grid, ...labels, ...curves]);
}
