import type { CycleReport } from '../../contracts/report.ts';
import { bold, green, red, visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import type { Block } from './blocks.ts';
import { sectionsOf } from './sections.ts';

/** The report of a cycle for a terminal. */
export function reportText(report: CycleReport): string {
  return sectionsOf(report)
    .map(({ title, blocks }) => `${bold(title)}\n${blocks.map(drawn).map(indented).join('\n')}`)
    .join('\n\n');
}

function drawn(block: Block): string {
  switch (block.kind) {
    case 'text':
      return block.tone === 'good'
        ? green(visible(block.text))
        : block.tone === 'bad'
          ? red(visible(block.text))
          : visible(block.text);
    case 'list':
      return block.items.map((item) => `- ${visible(item)}`).join('\n');
    case 'table':
      return table(
        block.headings,
        block.rows.map((row) => row.map(visible)),
      );
    case 'diff':
      return visible(block.text).split('\n').map(colouredLine).join('\n');
  }
}

/** Additions green, removals red, as every diff on a terminal. */
export function colouredLine(line: string): string {
  if (line.startsWith('+')) return green(line);
  return line.startsWith('-') ? red(line) : line;
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');
