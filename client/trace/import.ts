import { migrate } from '../../db/migrate.ts';
import { ensureProject } from '../../db/projects.ts';
import { importSpans } from '../../db/traces/traces.ts';
import type { Cli } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { count } from '../terminal/figures.ts';
import { readTraces } from './read.ts';

export type Importing = { readonly skipBad?: boolean };

const AT_ONCE = 500;

/** Imports OTLP files: all of them or nothing, unless bad spans are to be left out. */
export async function importTraces(
  cli: Cli,
  files: readonly string[],
  { skipBad = false }: Importing,
): Promise<void> {
  const reads = files.map((file) => readTraces(file, Date.now()));
  const spans = reads.flatMap((read) => read.spans);
  const refused = reads.flatMap((read) => read.refused);
  if (refused.length > 0 && !skipBad)
    throw new InvalidInputError(
      refused,
      'Nothing was imported; --skip-bad imports the other spans.',
    );
  if (spans.length === 0)
    throw new InvalidInputError([{ at: files.join(', '), message: 'holds no span' }]);
  const db = await cli.connections.database();
  const { project } = cli.connections;
  await migrate(db);
  await ensureProject(db, { project, salt: cli.env.ATTUNE_SPLIT_SALT });
  const traces = new Set<string>();
  let [newTraces, newSpans] = [0, 0];
  await db.transaction().execute(async (tx) => {
    for (let from = 0; from < spans.length; from += AT_ONCE) {
      const done = await importSpans(tx, { project, spans: spans.slice(from, from + AT_ONCE) });
      for (const id of done.traces) traces.add(id);
      newTraces += done.newTraces;
      newSpans += done.newSpans;
    }
  });
  const remarks = spans.flatMap(({ id, origin }) => origin.remarks.map((text) => ({ id, text })));
  cli.print(
    { traces: traces.size, spans: spans.length, newTraces, newSpans, refused, remarks },
    () =>
      [
        `${count(spans.length, 'span')} of ${count(traces.size, 'trace')}: ` +
          `${count(newSpans, 'span')} and ${count(newTraces, 'trace')} are new.`,
        ...refused.map(({ at, message }) => `  left out: ${at}: ${message}`),
        ...remarks.map(({ id, text }) => `  span ${id}: ${text}`),
      ].join('\n'),
  );
}
