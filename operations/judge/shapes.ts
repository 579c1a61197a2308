import { z } from 'zod';
import { judgeDefinition } from '../../contracts/judge.ts';
import type { JudgeVersion } from '../../contracts/scorer.ts';

export const judgeId = z.string().min(1).describe('a judge (its newest version), or name@2');

export const summary = z.strictObject({
  id: z.string(),
  name: z.string(),
  number: z.int(),
  hash: z.string(),
  value: z.string().describe('type of its value'),
  guidelines: z.int(),
  snapshots: z.int().describe('past cases that it remembers'),
});
export type Summary = z.infer<typeof summary>;

export const summaryOf = (version: JudgeVersion): Summary => ({
  id: version.id,
  name: version.name,
  number: version.number,
  hash: version.hash,
  value: version.definition.value.type,
  guidelines: version.memory?.guidelines.length ?? 0,
  snapshots: version.memory?.snapshots.length ?? 0,
});

export const version = z.looseObject({
  id: z.string(),
  name: z.string(),
  number: z.int(),
  hash: z.string(),
  definition: judgeDefinition,
  memory: z
    .looseObject({
      guidelines: z.array(z.looseObject({ text: z.string() })),
      snapshots: z.array(z.looseObject({ item: z.string() })),
    })
    .nullable()
    .describe('guidelines and past cases; vectors are left out'),
});
