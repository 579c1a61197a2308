import type { Example } from '../../contracts/example.ts';
import { hashJson } from '../../contracts/hash.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import { judgeDefinition } from '../../contracts/judge.ts';
import type { Part } from '../../contracts/part.ts';
import { cycleSpec } from '../../contracts/spec.ts';
import type { Db } from '../../db/connect.ts';
import { type Cycle, createCycle } from '../../db/cycles/cycles.ts';
import { importDataset, type Known } from '../../db/data/import.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import { createRun, type RunKind } from '../../db/runs/runs.ts';

export const PROJECT = 'test';

export const DEFINITION = judgeDefinition.parse({
  name: 'routing',
  instructions: 'Is {{outputs}} right for {{inputs}}?',
  value: { type: 'boolean' },
});

export function example(id: string, content: Partial<Example> = {}): Example {
  const { inputs = { message: `message of ${id}` }, tags = {} } = content;
  const hash = hashJson({ inputs, outputs: content.outputs ?? null, tags });
  return { id, conversation: `c-${id}`, hash, inputs, tags, ...content };
}

/** Places each new conversation in the part its rows name in the tag `part`; `train` without one. */
export const placeByTag =
  (examples: readonly Example[]) =>
  ({ known }: { readonly known: readonly Known[] }) => {
    const before = new Set(known.map((at) => at.conversation));
    const fresh = new Map(examples.map((row) => [row.conversation, row.tags['part'] ?? 'train']));
    const memberships = [...fresh]
      .filter(([conversation]) => !before.has(conversation))
      .map(([conversation, part]) => ({
        conversation,
        part: part as Part,
        pinned: true,
        group: conversation,
      }));
    return { memberships, sealed: 0.45 };
  };

/** Two rows of each part, `<part>-1` and `<part>-2`. */
export const ROWS: readonly Example[] = (
  ['align-labels', 'judge-test', 'train', 'validation', 'sealed'] as const
).flatMap((part) => [1, 2].map((n) => example(`${part}-${n}`, { tags: { part } })));

export const importRows = (
  db: Db,
  rows: readonly Example[] = ROWS,
  { project = PROJECT, gold }: { project?: string; gold?: Readonly<Record<string, Json>> } = {},
) =>
  importDataset(db, {
    project,
    name: 'messages',
    examples: rows,
    place: placeByTag(rows),
    ...(gold && { gold }),
  });

/** A cycle over `ROWS` with a judge and a prompt. */
export async function startCycle(
  db: Db,
  { project = PROJECT, rows = ROWS }: { project?: string; rows?: readonly Example[] } = {},
): Promise<Cycle> {
  const { version } = await importRows(db, rows, { project });
  await registerPrompt(db, { project, name: 'router', text: 'Route {{message}}.' });
  const { version: judge } = await createJudgeVersion(db, {
    project,
    definition: DEFINITION,
    memory: null,
  });
  const spec = cycleSpec.parse({
    cycle: 'demo',
    dataset: 'messages',
    agent: 'router',
    prompts: { router: null },
    judge: 'routing',
  });
  return createCycle(db, {
    project,
    cycle: 'demo',
    spec,
    datasetVersion: version.id,
    baseJudge: judge.id,
    incumbent: { router: 1 },
  });
}

/** A run of the cycle with the arm `incumbent`. */
export const startRun = (db: Db, cycle: Cycle, kind: RunKind) =>
  createRun(db, {
    ref: cycle,
    name: `${cycle.key}/${kind}`,
    kind,
    scorers: [cycle.judge],
    agent: 'router',
    agentFingerprint: 'f1',
    models: { agent: 'practice-agent' },
  });

export const outputs = (route: string): JsonObject => ({ route });
