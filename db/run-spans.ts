import { sql } from 'kysely';
import type { SpanKind } from '../contracts/trace.ts';
import type { Db } from './connect.ts';
import { SealedError } from './errors.ts';
import { findRunHeader } from './rollouts.ts';
import type { RunRef } from './runs.ts';

/** A span of a rollout's trace without its content. */
export type RunSpan = {
  readonly id: string;
  readonly parent: string | null;
  readonly name: string;
  readonly kind: SpanKind;
  readonly start: number;
  readonly end: number;
  readonly status: 'OK' | 'ERROR';
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
};

export type RunTrace = {
  readonly trace: string;
  readonly example: string;
  readonly spans: readonly RunSpan[];
};

const ROLLOUTS_A_READ = 2_000;

/** The traces of a run's rollouts, by ordinal; recorded outputs have those they were taken from. @throws SealedError for a gate */
export async function loadRunTraces(db: Db, at: RunRef): Promise<readonly RunTrace[]> {
  const run = await findRunHeader(db, at);
  if (run?.kind === 'gate') throw new SealedError(`the traces of ${at.run}`);
  const found: RunTrace[] = [];
  for (let from = 0; ; from += ROLLOUTS_A_READ) {
    const rollouts = await db
      .selectFrom('rollout')
      .select(['example', 'trace'])
      .where('project', '=', at.project)
      .where('run', '=', at.run)
      .where('ordinal', '>=', from)
      .where('ordinal', '<', from + ROLLOUTS_A_READ)
      .orderBy('ordinal')
      .execute();
    if (rollouts.length === 0) return found;
    const traced = rollouts.flatMap(({ example, trace }) =>
      trace === null ? [] : [{ example, trace }],
    );
    const spans = await spansOf(
      db,
      at.project,
      traced.map(({ trace }) => trace),
    );
    for (const { example, trace } of traced)
      found.push({ trace, example, spans: spans.get(trace) ?? [] });
  }
}

async function spansOf(
  db: Db,
  project: string,
  traces: readonly string[],
): Promise<ReadonlyMap<string, readonly RunSpan[]>> {
  const { rows } = await sql<RunSpan & { readonly trace: string }>`
    select trace, id, parent, name, kind, started as start, ended as end, status,
      (usage ->> 'inputTokens')::double precision as "inputTokens",
      (usage ->> 'outputTokens')::double precision as "outputTokens"
    from span where project = ${project} and trace = any(${traces}::text[])
    order by trace, started, id`.execute(db);
  const grouped = Map.groupBy(rows, ({ trace }) => trace);
  return new Map(
    [...grouped].map(([trace, own]) => [trace, own.map(({ trace: _trace, ...span }) => span)]),
  );
}
