import type { Imported } from '../../operations/dataset/import-examples.ts';
import { count } from '../terminal/figures.ts';

/** The answer as a person reads it. */
export const importedText = ({ version, created, remarks }: Imported): string =>
  `${version.id} ${created ? 'imported' : 'is there already, row for row'}: ` +
  `${count(version.size, 'row')} in ${count(version.conversations, 'conversation')}.` +
  remarks.map((remark) => `\n  note: ${remark}`).join('');
