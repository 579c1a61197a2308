import type { Example } from '../contracts/example.ts';
import { hashJson } from '../contracts/hash.ts';
import { judgeDefinition } from '../contracts/judge.ts';
import type { Db } from '../db/connect.ts';
import { importDataset } from '../db/datasets.ts';
import { createJudgeVersion } from '../db/judges.ts';
import * as runs from '../db/runs.ts';

export const PROJECT = 'bench';
export const RUN = 'evaluate/bench';

/** Rows with recorded outputs of about 1.2 KB, all in one tuned part, and a run of M judges over them. */
export async function planBench(
  db: Db,
  { rows, judges }: { readonly rows: number; readonly judges: number },
): Promise<void> {
  const examples = Array.from({ length: rows }, (_, n) => exampleOf(n));
  const { version } = await importDataset(db, {
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
  await runs.createRun(db, {
    alone: {
      project: PROJECT,
      datasetVersion: version.id,
      spec: { agent: 'recorded', models: {} },
    },
    name: RUN,
    kind: 'evaluate',
    scorers: await createJudges(db, judges),
    agent: 'recorded',
    agentFingerprint: 'recorded',
    models: {},
  });
  await runs.addArmOfHashes(db, { project: PROJECT, run: RUN, arm: 'recorded', prompts: {} });
  const cells = examples.map(({ id, outputs }) => ({
    arm: 'recorded',
    example: id,
    trial: 0,
    recorded: { outputs: outputs!, traceId: null },
  }));
  await runs.planRollouts(db, { project: PROJECT, run: RUN, cells });
}

const FILLER = 'The customer writes about an order that has not arrived and asks what to do. ';

function exampleOf(n: number): Example {
  const inputs = { message: `Case ${n}. ${FILLER.repeat(6)}` };
  const outputs = { answer: `Answer ${n}. ${FILLER.repeat(6)}` };
  const id = `row-${n}`;
  return { id, conversation: id, hash: hashJson({ inputs, outputs }), inputs, outputs, tags: {} };
}

async function createJudges(db: Db, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let n = 1; n <= count; n += 1) {
    const definition = judgeDefinition.parse({
      name: `judge-${n}`,
      instructions: `Question ${n}: does {{outputs}} answer {{inputs}}?`,
      value: { type: 'boolean' },
    });
    const { version } = await createJudgeVersion(db, {
      project: PROJECT,
      definition,
      memory: null,
    });
    ids.push(version.id);
  }
  return ids;
}
