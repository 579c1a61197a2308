import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { createDatabase } from '../../db/connect.ts';
import { resetStack, startStack } from '../../stack/index.ts';
import { measureVerdicts, outputOf } from './verdicts.ts';
import { attune, bareEnvironment } from '../attune.ts';
import type { Mock } from '../mock.ts';

/** Judge-test labels: as few as are held out rather than cross-fitted. */
const TESTED = 60;

export type Measuring = {
  readonly mock: Mock;
  readonly folder: string;
  readonly labels: number;
  /** Verdicts of each judge, in pairs. */
  readonly verdicts: number;
  readonly latencyMs: number;
  /** `local`: the built-in one, the default; else a model's name. */
  readonly embedder: string;
};

const answer = z.object({
  judge: z.string(),
  report: z.looseObject({
    guidelines: z.array(z.unknown()),
    alignment: z.looseObject({ judge: z.string() }),
  }),
  spend: z.record(z.string(), z.looseObject({ calls: z.int(), inputTokens: z.int() })),
  phases: z.array(z.looseObject({ phase: z.string(), startedAt: z.string() })),
});

/** Alignment by the command line on a stack of its own, then verdicts of both judges, one by one. */
export async function measureOurs(of: Measuring) {
  const { mock, folder, labels, embedder } = of;
  const dataDir = join(folder, `ours-${labels}-${embedder}-${of.latencyMs}`);
  const env = environment(of);
  const stack = await startStack({ dataDir, env, cwd: folder });
  const ask: Ask = (...args) => attune(dataDir, args);
  try {
    await plant(of, ask);
    await mock.reset();
    const begun = performance.now();
    const ended = answer.parse(JSON.parse(await ask('judge', 'align', 'polite')));
    const whole = (performance.now() - begun) / 1000;
    const { byKind } = await mock.stats();
    const db = createDatabase(stack.info.database.url, { max: 4 });
    try {
      const verdicts = await measureVerdicts({
        ...of,
        db,
        env: { ...env, DATABASE_URL: stack.info.database.url },
        judge: ended.report.alignment.judge,
      });
      return { ...alignFigures(of, ended, byKind), wholeCommandSeconds: whole, ...verdicts };
    } finally {
      await db.destroy();
    }
  } finally {
    await stack.stop();
    await resetStack(dataDir);
  }
}

function alignFigures(
  { labels }: Measuring,
  { spend, phases, report }: z.infer<typeof answer>,
  byKind: Awaited<ReturnType<Mock['stats']>>['byKind'],
) {
  const at = (phase: string): number =>
    Date.parse(phases.find((row) => row.phase === phase)!.startedAt);
  const requests = Object.entries(byKind).filter(([kind]) => kind.startsWith('emb:'));
  const embedding = requests.reduce((sum, [, { requests: made }]) => sum + made, 0);
  // The report embeds what it judges, in requests of up to 200 too: no part of the alignment.
  const ofReport = embedding === 0 ? 0 : Math.ceil(TESTED / 200);
  const embedded = (spend['embed']?.inputTokens ?? 0) * (labels / (labels + TESTED));
  return {
    align: {
      calls: (spend['distill']?.calls ?? 0) + embedding - ofReport,
      tokensIn: Math.round((spend['distill']?.inputTokens ?? 0) + embedded),
      seconds: (at('evaluate') - at('align')) / 1000,
    },
    guidelines: report.guidelines.length,
  };
}

type Ask = (...args: readonly string[]) => Promise<string>;

/** The rows and labels of the peer harness, some judge-test rows, and fresh rows for verdicts. */
async function plant({ folder, labels, verdicts }: Measuring, ask: Ask): Promise<void> {
  const write = (name: string, rows: readonly unknown[]): string => {
    const path = join(folder, name);
    writeFileSync(path, rows.map((row) => JSON.stringify(row)).join('\n'));
    return path;
  };
  const all = Array.from({ length: labels + TESTED }, (_, at) => at);
  const rows = all.map((at) =>
    rowOf(at, `case-${at}`, at < labels ? 'align-labels' : 'judge-test'),
  );
  const fresh = Array.from({ length: verdicts }, (_, at) =>
    rowOf(10_000 + at, `fresh-${at}`, 'train'),
  );
  const said = all.map((at) => ({
    row_id: `case-${at}`,
    rater: 'alice',
    name: 'polite',
    value: at % 3 !== 0,
    rationale: `Reviewer note ${at}: tone and steps`,
  }));
  await ask('dataset', 'import', 'cases', write('rows.jsonl', rows), '--pin', 'part');
  await ask('dataset', 'import', 'fresh', write('fresh.jsonl', fresh), '--pin', 'part');
  const judge = join(folder, 'judge.json');
  const instructions =
    'Is {{outputs}} a correct, polite answer to {{inputs}}? Answer true or false.';
  writeFileSync(
    judge,
    JSON.stringify({ name: 'polite', instructions, value: { type: 'boolean' } }),
  );
  await ask('judge', 'create', judge);
  await ask('label', 'import', write('labels.jsonl', said));
}

const rowOf = (at: number, id: string, part: string) => ({
  id,
  conversation: id,
  inputs: inputOf(at),
  outputs: outputOf(at),
  tags: { part },
});

const inputOf = (at: number) => ({
  question: `How do I reset device ${at} when error code ${(at * 7) % 101} shows?`,
});

function environment({ mock, embedder }: Measuring): NodeJS.ProcessEnv {
  return {
    ...bareEnvironment(),
    OPENAI_BASE_URL: `http://127.0.0.1:${mock.port}/v1`,
    OPENAI_API_KEY: 'mock',
    ATTUNE_MODEL: 'gpt-4.1-mini',
    ATTUNE_MODEL_REFLECTION: 'gpt-reflect',
    ...(embedder !== 'local' && { ATTUNE_MODEL_EMBEDDING: embedder }),
  };
}
