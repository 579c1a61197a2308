import type { CycleReport } from '../../contracts/report.ts';
import type { Block, Section } from './blocks.ts';
import { sectionsOf } from './sections.ts';

/** The report of a cycle as one HTML page that needs nothing else: no script, no font, no network. */
export function reportPage(report: CycleReport): string {
  const title = `Cycle ${report.cycle} ${report.number}: ${report.outcome ?? 'running'}`;
  return sectionsPage(title, sectionsOf(report));
}

/** Sections as such a page. */
export function sectionsPage(title: string, sections: readonly Section[]): string {
  const body = sections
    .map(({ title: heading, blocks }, index) => {
      const level = index === 0 ? 'h1' : 'h2';
      return `<section><${level}>${escape(heading)}</${level}>${blocks.map(drawn).join('')}</section>`;
    })
    .join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title><style>${STYLE}</style></head>
<body><main>
${body}
</main></body></html>
`;
}

function drawn(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p class="${block.tone ?? 'plain'}">${linked(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${linked(item)}</li>`).join('')}</ul>`;
    case 'table':
      return `<div class="wide"><table><thead>${row('th', block.headings)}</thead><tbody>${block.rows
        .map((cells) => row('td', cells))
        .join('')}</tbody></table></div>`;
    case 'diff':
      return `<pre>${block.text.split('\n').map(diffLine).join('\n')}</pre>`;
  }
}

const row = (tag: 'th' | 'td', cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<${tag}>${linked(cell)}</${tag}>`).join('')}</tr>`;

function diffLine(line: string): string {
  if (line.startsWith('+')) return `<ins>${escape(line)}</ins>`;
  return line.startsWith('-') ? `<del>${escape(line)}</del>` : escape(line);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

/** A cell that is an address as a whole becomes a link; nothing inside other text does. */
const linked = (text: string): string =>
  /^https?:\/\/\S+$/.test(text) ? `<a href="${escape(text)}">${escape(text)}</a>` : escape(text);

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid #8885; vertical-align: top; }
pre { overflow-x: auto; padding: .8rem; background: #8881; white-space: pre-wrap; }
ins { color: #1a7f37; text-decoration: none; } del { color: #cf222e; text-decoration: none; }
.good { color: #1a7f37; font-weight: 600; } .bad { color: #cf222e; font-weight: 600; }
@page { margin: 14mm; }
@media print {
  :root { color-scheme: light; } body { font-size: 10pt; } main { max-width: none; margin: 0; padding: 0; }
  h2 { margin-top: 1rem; break-after: avoid; } tr, li { break-inside: avoid; } .wide { overflow: visible; }
  td { overflow-wrap: anywhere; padding-right: .5rem; } a { color: inherit; }
}
`;
