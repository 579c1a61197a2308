// Draws every [data-chart] of a page with ECharts (server/pages/ui/chart.ts says what the data may be).
const style = getComputedStyle(document.documentElement);
const color = (name) => {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
};
const [text, line, accent, good, card] = ['--text', '--line', '--accent', '--good', '--card'].map(
  color,
);

const base = {
  animation: false,
  textStyle: { color: text, fontFamily: style.fontFamily },
  grid: { left: 16, right: 24, top: 32, bottom: 16, containLabel: true },
  // Drawn on the canvas, never as markup: names come from people and models.
  tooltip: { renderMode: 'richText', confine: true },
  aria: { enabled: false },
};
const axis = (name, more = {}) => ({
  name,
  nameLocation: 'middle',
  nameGap: 28,
  nameTextStyle: { color: text },
  axisLabel: { color: text },
  axisLine: { lineStyle: { color: line } },
  splitLine: { lineStyle: { color: line } },
  ...more,
});
const shown = (value, percent) => (percent ? `${(100 * value).toFixed(1)} %` : value.toFixed(3));

/** Whisker from low to high at a category. */
const whisker = (params, api) => {
  const [x, low] = api.coord([api.value(0), api.value(1)]);
  const [, high] = api.coord([api.value(0), api.value(2)]);
  const stroke = { stroke: accent, lineWidth: 2, fill: null };
  const bar = (y) => ({
    type: 'line',
    shape: { x1: x - 6, y1: y, x2: x + 6, y2: y },
    style: stroke,
  });
  const stem = { type: 'line', shape: { x1: x, y1: low, x2: x, y2: high }, style: stroke };
  return { type: 'group', children: [stem, bar(low), bar(high)] };
};

const spot = ({ x, y, label }) => ({ value: [x, y], name: label });

const kinds = {
  intervals: ({ points, axis: title, percent }) => ({
    grid: { ...base.grid, left: 32 },
    xAxis: axis('', { type: 'category', data: points.map(({ label }) => label) }),
    yAxis: axis(title, {
      type: 'value',
      scale: true,
      nameGap: 48,
      axisLabel: {
        color: text,
        formatter: (value) => (percent ? `${Number((100 * value).toFixed(1))} %` : value),
      },
    }),
    series: [
      {
        type: 'custom',
        renderItem: whisker,
        silent: true,
        encode: { x: 0, y: [1, 2] },
        data: points.flatMap(({ low, high }, at) => (low === null ? [] : [[at, low, high]])),
      },
      {
        type: 'scatter',
        symbolSize: 11,
        itemStyle: { color: accent },
        data: points.map(({ mean }) => mean),
        tooltip: {
          formatter: ({ dataIndex }) => {
            const { label, mean, low, high } = points[dataIndex];
            const range = low === null ? '' : `\n${shown(low, percent)} to ${shown(high, percent)}`;
            return `${label}\n${shown(mean, percent)}${range}`;
          },
        },
      },
    ],
  }),

  matrix: ({ counts, rowTitle, columnTitle }) => {
    const rows = Object.keys(counts);
    const columns = [...new Set(Object.values(counts).flatMap(Object.keys))];
    const cells = rows.flatMap((row, y) =>
      columns.map((column, x) => [x, y, counts[row][column] ?? 0]),
    );
    const most = Math.max(1, ...cells.map(([, , count]) => count));
    return {
      xAxis: axis(columnTitle, { type: 'category', data: columns }),
      yAxis: axis(rowTitle, { type: 'category', data: rows, inverse: true, nameGap: 56 }),
      grid: { ...base.grid, left: 40, bottom: 32 },
      visualMap: { show: false, min: 0, max: most, inRange: { color: [card, accent] } },
      series: [
        {
          type: 'heatmap',
          data: cells,
          label: {
            show: true,
            fontSize: 15,
            color: text,
            textBorderColor: card,
            textBorderWidth: 3,
          },
          itemStyle: { borderColor: line, borderWidth: 1 },
        },
      ],
    };
  },

  front: ({ points, xTitle, yTitle }) => {
    const front = points.filter((point) => point.front).toSorted((a, b) => a.x - b.x);
    return {
      legend: { textStyle: { color: text }, top: 0 },
      xAxis: axis(xTitle, { type: 'value', scale: true }),
      yAxis: axis(yTitle, { type: 'value', scale: true, nameGap: 48 }),
      grid: { ...base.grid, left: 40, bottom: 32 },
      series: [
        {
          name: 'on the front',
          type: 'line',
          step: 'end',
          symbolSize: 11,
          color: good,
          data: front.map(spot),
        },
        {
          name: 'dominated',
          type: 'scatter',
          symbol: 'emptyCircle',
          color: accent,
          data: points.filter((point) => !point.front).map(spot),
        },
      ],
    };
  },

  lineage: ({ nodes, edges }) => {
    const columns = Map.groupBy(nodes, ({ depth }) => depth);
    const place = new Map(
      [...columns].flatMap(([depth, own]) =>
        own.map(({ id }, at) => [id, { x: depth, y: at - (own.length - 1) / 2 }]),
      ),
    );
    return {
      series: [
        {
          type: 'graph',
          layout: 'none',
          roam: true,
          left: 40,
          right: 60,
          top: 16,
          bottom: 56,
          edgeSymbol: ['none', 'arrow'],
          edgeSymbolSize: 7,
          lineStyle: { color: line, width: 2, opacity: 1 },
          label: { show: true, position: 'bottom', color: text, lineHeight: 16 },
          data: nodes.map(({ id, label, score }) => ({
            id,
            name: score === null ? label : `${label}\n${(100 * score).toFixed(1)} %`,
            ...place.get(id),
            symbolSize: 16,
            itemStyle: { color: accent },
          })),
          links: edges.map(({ from, to }) => ({ source: from, target: to })),
        },
      ],
    };
  },
};

for (const element of document.querySelectorAll('[data-chart]')) {
  const data = JSON.parse(element.dataset.chart);
  const picture = globalThis.echarts.init(element);
  picture.setOption({ ...base, ...kinds[data.kind](data) });
  new ResizeObserver(() => picture.resize()).observe(element);
}
