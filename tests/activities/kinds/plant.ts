import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { loadConfig } from '../../../agents/load.ts';
import { readInputs } from '../../../client/cycle/inputs.ts';
import { registerCycle } from '../../../operations/cycle/register.ts';
import { readSpec, type SpecFile } from '../../../client/spec/read.ts';
import type { ItemView } from '../../../contracts/session-view.ts';
import type { LabelLine } from '../../../contracts/label.ts';
import { registerAgents } from '../../../db/versions/agents.ts';
import type { Db } from '../../../db/connect.ts';
import type { Cycle } from '../../../db/cycles/cycles.ts';
import { createScorerVersion } from '../../../db/versions/scorers.ts';
import type { Kind } from './kinds.ts';

export const CONFIG = fileURLToPath(new URL('fixtures/config.ts', import.meta.url));

type Planting = { readonly folder: string; readonly project: string; readonly kind: Kind };

/** Writes the files of a cycle as a person would: rows, a first prompt that knows the teams by name alone, the spec. */
export function specOf({ folder, project, kind }: Planting): SpecFile {
  const { judge, task, more } = kind;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'rows.jsonl'), task.rows.map((row) => JSON.stringify(row)).join('\n'));
  const teams = task.teams.map((team) => `- ${team}: a team`).join('\n');
  writeFileSync(join(folder, 'router.md'), `Answer with one team and nothing else.\n\n${teams}\n`);
  const spec = {
    project,
    cycle: 'kind',
    dataset: { name: 'rows', path: 'rows.jsonl' },
    agent: 'dispatcher',
    prompts: { router: 'router.md' },
    judge,
    split: { pin: 'part' },
    label: { minimum: 20 },
    optimize: { seed: 3, budget: 120, parents: 2 },
    // So few labels say little of the judge.
    gate: { trials: 1, judgeFloor: -0.2 },
    budget: {},
    ...more,
  };
  const path = join(folder, 'cycle.json');
  writeFileSync(path, JSON.stringify(spec));
  return readSpec(path);
}

/** What workers tell a project when they start. */
export async function tellProject(db: Db, project: string): Promise<void> {
  const { agents, scorers } = await loadConfig(CONFIG);
  await registerAgents(
    db,
    project,
    Object.values(agents).map(({ record }) => record),
  );
  for (const { definition } of Object.values(scorers))
    await createScorerVersion(db, { project, definition });
}

/** The cycle as `attune cycle start` registers it. */
export async function plant(db: Db, planting: Planting): Promise<Cycle> {
  const { project } = planting;
  await tellProject(db, project);
  const file = specOf(planting);
  const inputs = readInputs(file);
  return (await registerCycle({ db, project, file, inputs, salt: 'kinds', who: 'ada' })).cycle;
}

type Labelled = Pick<ItemView, 'trace_id' | 'inputs' | 'outputs'>;

/** What a person who knows the teams says of an output. */
export function labelOf({ task, right, wrong }: Kind, item: Labelled): LabelLine {
  const { team, cue } = task.truthOf(item.inputs);
  return {
    trace_id: item.trace_id,
    rater: 'ann',
    name: 'team',
    value: item.outputs['team'] === team ? right : wrong,
    rationale: `${team}: the message says '${cue}'.`,
  };
}
