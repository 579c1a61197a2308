import type { CycleReport } from '../../contracts/report.ts';
import { bold, green, red, visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import type { Block, Section } from './blocks.ts';
import { sectionsOf } from './sections.ts';

/** The report of a cycle for a terminal. */
export const reportText = (report: CycleReport): string => sectionsText(sectionsOf(report));

export function sectionsText(sections: readonly Section[]): string {
  return sections
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
      return block.items.map((item) => `- ${shortened(visible(item))}`).join('\n');
    case 'table':
      return table(
        block.headings,
        block.rows.map((row) => row.map(visible)),
      );
    case 'diff':
      return visible(block.text)
        .split('\n')
        .map((line) => colouredLine(shortened(line)))
        .join('\n');
  }
}

const LINE = 240;

/** Models write long lines; the page and the JSON have them whole. */
const shortened = (line: string): string =>
  line.length > LINE ? `${line.slice(0, LINE)} … (${line.length - LINE} more)` : line;

/** Additions green, removals red, as every diff on a terminal. */
export function colouredLine(line: string): string {
  if (line.startsWith('+')) return green(line);
  return line.startsWith('-') ? red(line) : line;
}

const indented = (text: string): string => text.replace(/^(?=.)/gm, '  ');
