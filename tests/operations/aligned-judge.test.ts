import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { JudgeMemory } from '../../contracts/judge.ts';
import type { Db } from '../../db/connect.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import { registerJudge } from '../../operations/judge/scorers.ts';
import { openDatabase } from '../db/database.ts';
import { DEFINITION as definition, PROJECT as project } from '../db/fixture.ts';

let db: Db;
before(async () => {
  ({ db } = await openDatabase());
});

const at = 'spec.judge';
const memory = { guidelines: [], snapshots: [] } as unknown as JudgeMemory;

test('a judge given as it was written means its newest aligned version; a version by its id is pinned', async () => {
  const input = { kind: 'definition', definition, at } as const;
  const base = await registerJudge(db, { project, input });
  assert.equal(base.memory, null);
  const aligned = (await createJudgeVersion(db, { project, definition, memory })).version;
  assert.equal((await registerJudge(db, { project, input })).id, aligned.id);
  const pinned = { kind: 'name', id: base.id, at } as const;
  assert.equal((await registerJudge(db, { project, input: pinned })).id, base.id);
});

test('a judge that was written anew starts without what another text had learned', async () => {
  const input = {
    kind: 'definition',
    definition: { ...definition, instructions: `${definition.instructions}\nBe strict.` },
    at,
  } as const;
  assert.equal((await registerJudge(db, { project, input })).memory, null);
});
