import { z } from 'zod';
import { jsonValue, type Json } from '../../contracts/json.ts';
import { readJsonLines, refuseFile } from './json-lines.ts';

/** What the outputs should have been, by example id: one field of each line. @throws InvalidInputError */
export function readGold(path: string, field: string): Readonly<Record<string, Json>> {
  const rows = readJsonLines(path, z.looseObject({ id: z.string() }).catchall(jsonValue));
  refuseFile(
    rows
      .filter(({ value }) => value[field] === undefined)
      .map(({ line }) => ({ at: `${path}:${line}`, message: `has no \`${field}\`` })),
  );
  return Object.fromEntries(rows.map(({ value }) => [value.id, value[field]!]));
}
