import type { Json } from '../../contracts/json.ts';
import { strip } from './whitespace.ts';

/** What the reflection model is shown of one example; keys in this order become headings. */
export type ReflectiveRecord = { readonly [key: string]: Json };

const DEEPEST = 6;

/** Records as markdown: `# Example n`, `## key`, nested ones a level deeper, at most six. */
export const renderRecords = (records: readonly ReflectiveRecord[]): string =>
  records.map((record, at) => `# Example ${at + 1}\n${sections(record, 2)}`).join('\n\n');

function sections(fields: ReflectiveRecord, level: number): string {
  return Object.entries(fields)
    .map(
      ([key, value]) => `${'#'.repeat(level)} ${key}\n${body(value, Math.min(level + 1, DEEPEST))}`,
    )
    .join('');
}

function body(value: Json, level: number): string {
  if (typeof value === 'string') return `${strip(value)}\n\n`;
  if (value === null || typeof value !== 'object') return `${String(value)}\n\n`;
  const fields: ReflectiveRecord = isList(value)
    ? Object.fromEntries(value.map((item, at) => [`Item ${at + 1}`, item]))
    : value;
  return Object.keys(fields).length === 0 ? '\n' : sections(fields, level);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);
