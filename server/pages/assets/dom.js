// Elements made by calls: text is always text, never markup.

/** h('button', { class: 'primary', onclick }, 'Save'); a property that is null or false is left out. */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== 'list' && typeof value !== 'string') element[name] = value;
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const isTurn = (value) =>
  value !== null && typeof value === 'object' && typeof value.content === 'string';

/** Inputs or outputs for a reader: turns of a conversation as such, texts as texts, the rest as JSON. */
export function shown(value) {
  if (typeof value === 'string') return h('p', { class: 'text' }, value);
  if (Array.isArray(value) && value.length > 0 && value.every(isTurn))
    return h(
      'ol',
      { class: 'turns' },
      value.map(({ role, content }) =>
        h(
          'li',
          { class: role === 'user' ? 'user' : 'agent' },
          h('b', {}, role ?? ''),
          h('p', { class: 'text' }, content),
        ),
      ),
    );
  if (value === null || typeof value !== 'object' || Array.isArray(value))
    return h('pre', { class: 'plain' }, JSON.stringify(value, null, 2));
  const entries = Object.entries(value);
  if (entries.length === 1) return shown(entries[0][1]);
  return h(
    'dl',
    { class: 'fields' },
    entries.flatMap(([name, part]) => [h('dt', {}, name), h('dd', {}, shown(part))]),
  );
}

const milliseconds = (ms) =>
  ms >= 1_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms)} ms`;

/** Steps of the agent with bars of their times; what one read and wrote is asked for when it is opened. */
export function trace(spans, load) {
  const total = Math.max(1, ...spans.map(({ start, ms }) => start + ms));
  const row = (span) => {
    const bar = h('span', { class: 'bar-fill' });
    bar.style.marginInlineStart = `${(100 * span.start) / total}%`;
    bar.style.width = `${Math.max(0.5, (100 * span.ms) / total)}%`;
    const name = h('span', { class: 'step-name' }, `${span.name}`);
    name.style.paddingInlineStart = `${Math.min(span.depth, 12) * 0.75}rem`;
    const failed = span.status === 'ERROR' ? h('b', { class: 'bad' }, ' failed') : null;
    const summary = h(
      'summary',
      {},
      name,
      h('span', { class: 'hint' }, ` ${span.kind}, ${milliseconds(span.ms)}`),
      failed,
      h('span', { class: 'bar-line' }, bar),
    );
    const body = h('div', { class: 'step-body' });
    const details = h('details', { class: 'step' }, summary, body);
    details.addEventListener('toggle', async () => {
      if (!details.open || body.childElementCount > 0) return;
      try {
        const { inputs, outputs, message } = await load(span.id);
        body.replaceChildren(
          ...(message === null ? [] : [h('p', { class: 'bad text' }, message)]),
          h('h4', {}, 'in'),
          shown(inputs),
          h('h4', {}, 'out'),
          shown(outputs),
        );
      } catch (error) {
        body.replaceChildren(h('p', { class: 'fault' }, error.message));
      }
    });
    return details;
  };
  return h(
    'details',
    { class: 'trace' },
    h('summary', {}, `Trace: ${spans.length} steps, ${milliseconds(total)}`),
    spans.map(row),
  );
}
