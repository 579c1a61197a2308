import type { Example } from '../../contracts/example.ts';
import { hashJson } from '../../contracts/hash.ts';
import { judgeDefinition } from '../../contracts/judge.ts';
import type { Db } from '../../db/connect.ts';
import { importDataset } from '../../db/data/datasets.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import * as runs from '../../db/runs/runs.ts';

export const PROJECT = 'bench';
export const runName = (name: string): string => `evaluate/${name}`;

export type Size = { readonly rows: number; readonly judges: number };

/** Rows with recorded outputs of about 1.2 KB, all in one tuned part, and M judges. */
export async function importRows(db: Db, { rows, judges }: Size): Promise<void> {
  const examples = Array.from({ length: rows }, (_, n) => exampleOf(n));
  await importDataset(db, {
    project: PROJECT,
    name: 'rows',
    examples,
    place: () => ({
      memberships: examples.map(({ conversation }) => ({
        conversation,
        part: 'train' as const,
        pinned: false,
        group: conversation,
      })),
      sealed: 0.45,
    }),
  });
  await createJudges(db, judges);
}

/** A run of all judges over all rows. Its name is part of every call, so that no two runs share a reply. */
export async function planRun(db: Db, name: string, { rows, judges }: Size): Promise<void> {
  const run = runName(name);
  await runs.createRun(db, {
    alone: { project: PROJECT, datasetVersion: 'rows@1', spec: { agent: 'recorded', models: {} } },
    name: run,
    kind: 'evaluate',
    scorers: Array.from({ length: judges }, (_, n) => `judge-${n + 1}@1`),
    agent: 'recorded',
    agentFingerprint: 'recorded',
    models: {},
  });
  await runs.addArmOfHashes(db, { project: PROJECT, run, arm: 'recorded', prompts: {} });
  const cells = Array.from({ length: rows }, (_, n) => exampleOf(n)).map(({ id, outputs }) => ({
    arm: 'recorded',
    example: id,
    trial: 0,
    recorded: { outputs: outputs!, traceId: null },
  }));
  await runs.planRollouts(db, { project: PROJECT, run, cells });
}

const FILLER = 'The customer writes about an order that has not arrived and asks what to do. ';

function exampleOf(n: number): Example {
  const inputs = { message: `Case ${n}. ${FILLER.repeat(6)}` };
  const outputs = { answer: `Answer ${n}. ${FILLER.repeat(6)}` };
  const id = `row-${n}`;
  return { id, conversation: id, hash: hashJson({ inputs, outputs }), inputs, outputs, tags: {} };
}

async function createJudges(db: Db, count: number): Promise<void> {
  for (let n = 1; n <= count; n += 1) {
    const definition = judgeDefinition.parse({
      name: `judge-${n}`,
      instructions: `Question ${n}: does {{outputs}} answer {{inputs}}?`,
      value: { type: 'boolean' },
    });
    await createJudgeVersion(db, { project: PROJECT, definition, memory: null });
  }
}
