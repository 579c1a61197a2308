import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { z } from 'zod';
import { cycleSpec } from '../contracts/spec.ts';

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly default?: unknown;
};
type Entry = { readonly path: string; readonly required: boolean; readonly default: unknown };

/** The entries of a spec by their dotted paths, those of objects after the object itself. */
function entriesOf({ properties = {}, required = [] }: Schema, above = ''): readonly Entry[] {
  return Object.entries(properties).flatMap(([name, schema]) => {
    const path = `${above}${name}`;
    const entry = { path, required: required.includes(name), default: schema.default };
    return [entry, ...entriesOf(schema, `${path}.`)];
  });
}

const schema = z.toJSONSchema(cycleSpec, { io: 'input', unrepresentable: 'any' }) as Schema;
const entries = entriesOf(schema);

const page = readFileSync(new URL('../docs/cycle.md', import.meta.url), 'utf8');
type Row = { readonly bold: boolean; readonly shown: string; readonly text: string };
/** Rows of the tables with three columns, by entry. */
const rows = new Map(
  [...page.matchAll(/^\| (\**)`([A-Za-z.]+)`\** +\| ([^|]+) \| ([^|]+) \|$/gm)].map(
    ([, bold, path, shown, text]): [string, Row] => [
      path!,
      { bold: bold !== '', shown: shown!.trim(), text: text! },
    ],
  ),
);

test('every row of the page is an entry of the spec, with the default it has', () => {
  assert.ok(rows.size > 50);
  for (const [path, { bold, shown }] of rows) {
    const entry = entries.find((at) => at.path === path);
    assert.ok(entry, `the spec has no entry ${path}`);
    const needed = entry.required && !path.includes('.');
    assert.equal(bold, needed, `${path} ${needed ? 'must' : 'need not'} be given`);
    if (entry.default === undefined || typeof entry.default === 'object') continue;
    const told = shown.replaceAll('`', '');
    assert.equal(told, JSON.stringify(entry.default).replaceAll('"', ''), `the default of ${path}`);
  }
});

test('every entry of the spec stands on the page, in a row of its own or in that of its object', () => {
  const missing = entries.filter(({ path }) => {
    const [name, above] = [path.split('.').at(-1)!, path.split('.').slice(0, -1).join('.')];
    const inside = new RegExp(`\\b${name}\\b`).test(rows.get(above)?.text ?? '');
    const apart = [...rows.keys()].some((row) => row.startsWith(`${path}.`));
    return !rows.has(path) && !inside && !apart;
  });
  assert.deepEqual(
    missing.map(({ path }) => path),
    [],
  );
});
