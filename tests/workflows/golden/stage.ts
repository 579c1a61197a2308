import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CycleRef, Work } from '../../../activities/deps.ts';
import { stepSearch } from '../../../activities/optimize/search.ts';
import type { Json } from '../../../contracts/json.ts';
import type { Db } from '../../../db/connect.ts';
import * as engine from '../../../db/engines/engine.ts';
import * as runs from '../../../db/runs/runs.ts';
import { getTexts, putTexts } from '../../../db/versions/texts.ts';
import type { OptimizeAsk, ReflectAsk } from '../../../domain/optimize/ask.ts';
import { extractProposal, referencePrompt } from '../../../domain/optimize/reflect.ts';
import { createFakes, type Texts } from '../../../scripts/golden/fakes.ts';
import { type Golden, readGolden } from '../../../scripts/golden/format.ts';
import { createStage } from '../../../scripts/golden/replay.ts';

export const FIXTURES = new URL('../../domain/optimize/fixtures/', import.meta.url);
export const PROJECT = 'golden';
export const runOf = (trace: string): string => `${trace}/1/optimize`;

export const loadGolden = (trace: string): Golden =>
  readGolden(readFileSync(new URL(`${trace}.json`, FIXTURES), 'utf8'));

/** Where a worker process notes what it paid for and where it was killed. */
export const notes = (folder: string) => {
  const lines = (name: string): readonly string[] =>
    existsSync(join(folder, name))
      ? readFileSync(join(folder, name), 'utf8').split('\n').slice(0, -1)
      : [];
  return {
    paid: () => lines('paid'),
    killed: () => lines('killed'),
    pay: (what: string) => appendFileSync(join(folder, 'paid'), `${what}\n`),
    kill: (where: string) => appendFileSync(join(folder, 'killed'), `${where}\n`),
  };
};

type Stage = {
  readonly db: Db;
  readonly pay: (what: string) => void;
  /** Told of each step once it is stored and before Temporal hears of it. */
  readonly stored: (boundary: string) => void;
};

/** The activities of the optimize workflow: real steps, plans and stores; the golden format's agent, metric and reflection model. */
export function goldenActivities({ db, pay, stored }: Stage) {
  const goldens = new Map<string, Golden>();
  const goldenOf = (trace: string): Golden => {
    const found = goldens.get(trace) ?? loadGolden(trace);
    goldens.set(trace, found);
    return found;
  };
  const ordered = (trace: string, texts: Texts): Texts =>
    Object.fromEntries(
      Object.keys(goldenOf(trace).seed_candidate).map((name) => [name, texts[name]!]),
    );
  return {
    async stepOptimize({ ref, turn }: { readonly ref: CycleRef; readonly turn: number }) {
      const golden = goldenOf(ref.cycle);
      const at = { project: PROJECT, run: runOf(ref.cycle) };
      const input = async () => {
        await putTexts(db, { project: PROJECT, texts: Object.values(golden.seed_candidate) });
        return createStage(golden).input;
      };
      const step = await stepSearch(db, { ...at, turn, input });
      stored(`${ref.cycle}#${turn}`);
      return step;
    },
    async runRollouts(work: Work) {
      const trace = work.run.split('/')[0]!;
      const { config } = goldenOf(trace);
      const fakes = createFakes(config);
      const pending = await runs.pendingRollouts(db, work);
      const rollouts = pending.map(({ ordinal, arm, trial, example, prompts }) => {
        const texts = ordered(trace, prompts);
        pay(`${work.run} ${arm} ${example.id}`);
        const score = fakes.score(texts, example.id);
        const objectives =
          config.frontier === 'instance' ? {} : fakes.objectives(texts, example.id);
        const outputs = { score, objectives };
        const made = { outputs, outputHash: `${ordinal}`, traceId: null, error: null };
        const cell = { run: work.run, ordinal, arm, example: example.id, trial };
        return { ...cell, ...made, status: 'ok' as const, latencyMs: 0, price: 0 };
      });
      await runs.saveRollouts(db, { project: PROJECT, rollouts });
      return { done: rollouts.length, failed: 0, deferred: 0 };
    },
    async judgeRollouts(work: Work) {
      const { primary } = await runs.getRun(db, work);
      const rows = await runs.unassessedRollouts(db, work);
      const assessments = rows.flatMap(({ ordinal, outputs }) => {
        const said = outputs as unknown as { score: number; objectives: Record<string, number> };
        const given = [[primary.id, said.score] as const, ...Object.entries(said.objectives)];
        return given.map(([scorer, score]) => ({ ordinal, scorer, ...says(scorer, score) }));
      });
      await runs.saveAssessments(db, { ...work, assessments });
      return { done: rows.length, failed: 0, deferred: 0 };
    },
    async reflect({ ref, turn }: { readonly ref: CycleRef; readonly turn: number }) {
      const at = { project: PROJECT, run: runOf(ref.cycle) };
      const step = await engine.getStep(db, { ...at, turn });
      const asks = step!.asks as unknown as readonly OptimizeAsk[];
      const answered = await engine.getReplies(db, at);
      const fakes = createFakes(goldenOf(ref.cycle).config);
      for (const ask of asks.filter((one): one is ReflectAsk => one.kind === 'reflect')) {
        if (answered[ask.id] !== undefined) continue;
        const { component } = ask;
        const texts = await candidateTexts(db, ask);
        const records = ask.exampleIds.map((ex) => fakes.record(texts, { component, ex }));
        pay(`${at.run} ${ask.id}`);
        const reply = fakes.reflect(referencePrompt({ current: texts[component]!, records }));
        const text = extractProposal(reply);
        const [textHash] = await putTexts(db, { project: PROJECT, texts: [text] });
        const ok = { textHash: textHash!, length: text.length };
        await engine.saveReply(db, { ...at, ask: ask.id, reply: { ok } satisfies Json });
      }
    },
    finishOptimize: async () => ({ finalist: false, why: 'a golden trace' }),
  };
}

async function candidateTexts(db: Db, { components }: ReflectAsk): Promise<Texts> {
  const texts = await getTexts(db, { project: PROJECT, hashes: Object.values(components) });
  return Object.fromEntries(Object.entries(components).map(([name, hash]) => [name, texts[hash]!]));
}

const says = (name: string, score: number) => ({
  assessment: {
    name,
    value: null,
    score,
    rationale: null,
    error: null,
    source: `code:${name}`,
    evidence: {},
  },
});
