import type { Command } from 'commander';
import type { Column } from '../files/columns.ts';
import { collect } from '../options.ts';
import { visible } from '../terminal/style.ts';

export type Mapping = { map?: string[]; ignore?: string[] };

/** The options of a command that reads rows of a file whose fields are named otherwise. */
export const mapping = (command: Command): Command =>
  command
    .option(
      '--map <heading=field>',
      'where a field goes, such as answer=expectations.answer',
      collect,
      [],
    )
    .option('--ignore <heading>', 'a field that is left out', collect, []);

/** What each column became, as a person reads it. */
export const columnsText = (columns: readonly Column[]): string =>
  columns
    .map(
      ({ heading, field }) =>
        `  column ${visible(heading)} -> ${field === null ? '(left out)' : visible(field)}`,
    )
    .join('\n');
