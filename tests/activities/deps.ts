import { createAlignments } from '../../activities/align/cache.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createMemories } from '../../activities/evaluate/memories.ts';
import type { Db } from '../../db/connect.ts';
import { keepScorers } from '../../db/runs/scorers.ts';

const unused = (): never => {
  throw new Error('no model is asked in this test');
};

/** The dependencies of a fresh worker; whatever would ask a model fails loudly unless the test gives one. */
export const depsOver = (db: Db, given: Partial<ActivityDeps> = {}): ActivityDeps => ({
  db,
  model: { complete: unused, structured: unused, embed: unused },
  models: {
    agent: 'practice-agent',
    judge: 'practice-judge',
    reflection: 'practice-reflector',
    embedding: 'practice-embed',
  },
  practice: true,
  searchAttributes: false,
  scorersOf: keepScorers(),
  memories: createMemories(),
  alignments: createAlignments(),
  now: Date.now,
  outward: { webhook: null, url: null },
  ...given,
});
