import { hashJson } from '../../contracts/hash.ts';
import type { JsonObject } from '../../contracts/json.ts';
import type { SessionQuestion } from '../../contracts/session.ts';
import type { Span } from '../../contracts/trace.ts';
import type { Db } from '../../db/connect.ts';
import { createLinks, signingKey } from '../../db/labels/links.ts';
import { openSession } from '../../db/labels/sessions.ts';
import { addArm, planRollouts, saveRollouts } from '../../db/runs/runs.ts';
import { saveTraces } from '../../db/traces/traces.ts';
import { signLink } from '../../domain/label/link-token.ts';
import { example, PROJECT, ROWS, startCycle, startRun } from '../db/fixture.ts';

export type ReviewOptions = {
  readonly items: number;
  readonly spans?: number;
  readonly raters?: number;
  readonly questions?: readonly SessionQuestion[];
  readonly inputs?: (at: number) => JsonObject;
  /** The conversation of an item; one of its own without. */
  readonly conversation?: (at: number) => string;
  readonly outputs?: (at: number) => JsonObject;
  readonly spanName?: (at: number) => string;
};

export type Review = { readonly session: string; readonly cycle: string; readonly number: number };

/** A cycle whose label session asks for `routing` on many items with traces. */
export async function openReview(db: Db, options: ReviewOptions): Promise<Review> {
  const { items, spans = 3, raters = 2 } = options;
  const given = options.inputs ?? ((at) => ({ message: `Message ${at}: my bill is too high` }));
  const said = options.outputs ?? ((at) => ({ route: at % 2 === 0 ? 'billing' : 'network' }));
  const rows = Array.from({ length: items }, (_, at) =>
    example(`item-${String(at).padStart(5, '0')}`, {
      inputs: given(at),
      ...(options.conversation && { conversation: options.conversation(at) }),
      tags: { part: 'align-labels' },
    }),
  );
  const cycle = await startCycle(db, { rows: [...ROWS, ...rows] });
  const run = await startRun(db, cycle, 'evaluate');
  const at = { project: PROJECT, run: run.name };
  await addArm(db, { ...at, arm: 'incumbent', texts: { router: 'Route.' } });
  const cells = rows.map(({ id }) => ({ arm: 'incumbent', example: id, trial: 0 }));
  await planRollouts(db, { ...at, cells });
  const rollouts = rows.map(({ id }, ordinal) => ({
    run: run.name,
    ordinal,
    arm: 'incumbent',
    example: id,
    trial: 0,
    status: 'ok' as const,
    outputs: said(ordinal),
    outputHash: hashJson(said(ordinal)),
    traceId: `trace-${ordinal}`,
    error: null,
    latencyMs: 1,
    price: 0,
  }));
  await saveRollouts(db, { project: PROJECT, rollouts });
  for (let from = 0; from < rollouts.length; from += 100)
    await saveTraces(db, {
      ...at,
      traces: rollouts.slice(from, from + 100).map(({ ordinal, traceId }) => ({
        id: traceId,
        status: 'OK',
        inputs: given(ordinal),
        outputs: said(ordinal),
        spans: Array.from({ length: spans }, (_, n) => span(n, options)),
      })),
    });
  const { session } = await openSession(db, cycle, {
    round: 1,
    judgeVersion: cycle.judge,
    ratersPerItem: raters,
    minimum: 2,
    target: items * raters,
    deadline: null,
    questions: options.questions ?? [],
    items: rollouts.map((row) => ({
      example: row.example,
      outputHash: row.outputHash,
      traceId: row.traceId,
      weight: 1,
      reason: 'all',
    })),
  });
  return { session: session.id, cycle: cycle.cycle, number: cycle.number };
}

const span = (n: number, { spanName }: ReviewOptions): Span => ({
  id: `s${n}`,
  parent: n === 0 ? null : 's0',
  name: spanName?.(n) ?? ['route the message', 'look up the account', 'ask the model'][n % 3]!,
  kind: n === 0 ? 'agent' : 'tool',
  start: 1_000 + 40 * n,
  end: n === 0 ? 3_000 : 1_030 + 40 * n,
  status: 'OK',
  message: null,
  inputs: { question: `step ${n}` },
  outputs: { answer: `done ${n}` },
  usage: null,
  attributes: { score: 0.123456 },
});

/** Tokens of links into a session, by rater. */
export async function linksFor(
  db: Db,
  session: string,
  raters: readonly string[],
  expiresInMs = 86_400_000,
): Promise<Readonly<Record<string, string>>> {
  const expiresAt = new Date(Date.now() + expiresInMs).toISOString();
  const links = await createLinks(db, {
    project: PROJECT,
    session,
    raters,
    expiresAt,
    fresh: true,
    who: 'owner',
  });
  const key = await signingKey(db, PROJECT);
  return Object.fromEntries(
    links.map(({ id, rater }) => [
      rater,
      signLink(key, PROJECT, { id, expires: Date.parse(expiresAt) }),
    ]),
  );
}
