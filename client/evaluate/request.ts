import { execFileSync } from 'node:child_process';
import type { AgentRecord } from '../../contracts/agent.ts';
import { isJudge, type ScorerVersion } from '../../contracts/scorer.ts';
import { TUNE_PARTS } from '../../contracts/part.ts';
import { getAgent } from '../../db/versions/agents.ts';
import type { Db } from '../../db/connect.ts';
import { countParts, getDataset, listExamples, unsealExamples } from '../../db/data/datasets.ts';
import type { PlacedExample } from '../../db/data/examples.ts';
import { evaluationRun, freeEvaluationName } from '../../db/runs/evaluations.ts';
import { getPrompt } from '../../db/versions/prompts.ts';
import * as runs from '../../db/runs/runs.ts';
import { fieldsLacking } from '../../domain/evaluate/judge-fields.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { readScorerEntry } from '../import/scorer.ts';
import { registerScorer } from '../../operations/judge/scorers.ts';

/** What `attune evaluate` was asked to measure. */
export type EvaluationRequest = {
  readonly project: string;
  readonly dataset: string;
  /** Absent: the recorded outputs of the rows are judged. */
  readonly agent?: string;
  /** `name`, `name@3` or `name@alias`. */
  readonly prompts: readonly string[];
  /** Names, version ids or files; also of scorers that are no judges. */
  readonly judges: readonly string[];
  readonly name?: string;
  readonly unseal: boolean;
  readonly who: string;
};

export type PlannedEvaluation = {
  readonly name: string;
  readonly run: runs.Run;
  /** Rows that stayed sealed. */
  readonly sealed: number;
};

const ARM = 'evaluated';
const RECORDED = 'recorded';

/**
 * Makes the run of an evaluation and its rollouts, or finds them; nothing of it stays when it refuses.
 * @throws InvalidInputError | NotFoundError | ConflictError where the name is taken by another evaluation
 */
export async function planEvaluation(
  db: Db,
  request: EvaluationRequest,
): Promise<PlannedEvaluation> {
  const { project } = request;
  const dataset = await getDataset(db, { project, id: request.dataset });
  const agent =
    request.agent === undefined ? null : await getAgent(db, { project, name: request.agent });
  const texts = await promptTexts(db, request, agent);
  const scorers = await scorersOf(db, request);
  const { rows, sealed } = await rowsOf(db, request, dataset.id);
  const recorded = agent === null || agent.kind === 'recorded';
  refuseUnfit({ rows, scorers, recorded });
  const name =
    request.name ?? (await freeEvaluationName(db, { project, prefix: dataset.id.split('@')[0]! }));
  const run = await db.transaction().execute((tx) =>
    makeRun(tx, {
      project,
      name,
      datasetVersion: dataset.id,
      agent,
      texts,
      scorers,
      cells: rows.map((row) => cellOf(row, recorded)),
    }),
  );
  return { name, sealed, run };
}

export type NewEvaluation = {
  readonly project: string;
  readonly name: string;
  readonly datasetVersion: string;
  /** Null: outputs that are recorded. */
  readonly agent: AgentRecord | null;
  readonly texts: Readonly<Record<string, string>>;
  readonly scorers: readonly ScorerVersion[];
  readonly cells: readonly Omit<runs.Cell, 'arm' | 'trial'>[];
  /** The filter that chose the traces. */
  readonly traces?: string;
};

/** Makes the run and its rollouts, or finds them. @throws ConflictError */
export async function makeRun(tx: Db, wanted: NewEvaluation): Promise<runs.Run> {
  const { project, datasetVersion, agent, texts, scorers, cells, traces } = wanted;
  const run = evaluationRun(wanted.name);
  const at = { project, run };
  const agentName = agent?.name ?? RECORDED;
  await runs.createRun(tx, {
    alone: {
      project,
      datasetVersion,
      spec: { agent: agentName, models: {}, ...(traces !== undefined && { traces }) },
    },
    name: run,
    kind: 'evaluate',
    scorers: scorers.map(({ id }) => id),
    agent: agentName,
    agentFingerprint: agent?.fingerprint ?? RECORDED,
    models: {},
    gitCommit: gitCommit(),
  });
  await runs.addArm(tx, { ...at, arm: ARM, texts });
  await runs.planRollouts(tx, {
    ...at,
    cells: cells.map((cell) => ({ ...cell, arm: ARM, trial: 0 })),
  });
  return runs.getRun(tx, at);
}

const cellOf = (row: PlacedExample, recorded: boolean): Omit<runs.Cell, 'arm' | 'trial'> => ({
  example: row.id,
  ...(recorded && { recorded: { outputs: row.outputs!, traceId: row.source?.trace ?? null } }),
});

/** Texts of the prompts named, and of those the agent asks for besides, at their alias `production`. */
async function promptTexts(
  db: Db,
  { project, prompts }: EvaluationRequest,
  agent: AgentRecord | null,
): Promise<Record<string, string>> {
  const asked = agent?.prompts ?? [];
  const named = new Map(prompts.map((reference) => [reference.split('@')[0]!, reference]));
  const stray = [...named.keys()].find((name) => !asked.includes(name));
  if (stray !== undefined)
    throw new InvalidInputError([
      {
        at: `--prompt ${stray}`,
        message:
          agent === null
            ? 'recorded outputs ask for no prompt; name an agent with --agent'
            : `agent \`${agent.name}\` does not ask for it (it asks for ${asked.join(', ') || 'none'})`,
      },
    ]);
  const found = asked.map(async (name) => {
    const reference = named.get(name) ?? `${name}@production`;
    return [name, (await getPrompt(db, { project, reference })).text] as const;
  });
  return Object.fromEntries(await Promise.all(found));
}

/** The scorers named, each once. @throws InvalidInputError | NotFoundError */
export async function scorersOf(
  db: Db,
  { project, judges }: Pick<EvaluationRequest, 'project' | 'judges'>,
): Promise<ScorerVersion[]> {
  const source = { folder: process.cwd(), at: () => '--judge' };
  const found: ScorerVersion[] = [];
  for (const entry of judges) {
    const input = readScorerEntry(entry, source);
    found.push(await registerScorer(db, { project, input }));
  }
  const names = found.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined && found.length > 0) return found;
  const message =
    twice === undefined ? 'name at least one judge' : `names the scorer ${twice} a second time`;
  throw new InvalidInputError([{ at: '--judge', message }]);
}

/** The rows that may be read; sealed ones only where the person opens them, which retires them. */
async function rowsOf(db: Db, { project, unseal, who }: EvaluationRequest, version: string) {
  // What is opened is retired, and stands among the tuned rows from then on.
  if (unseal) await unsealExamples(db, { project, version, who });
  const rows = await listExamples(db, { project, version, parts: TUNE_PARTS });
  const counts = Object.values(await countParts(db, { project, version }));
  return { rows, sealed: counts.reduce((sum, part) => sum + part.rows, 0) - rows.length };
}

type Fit = {
  readonly rows: readonly PlacedExample[];
  readonly scorers: readonly ScorerVersion[];
  readonly recorded: boolean;
};

/** Every row has what the judges ask for; a judge that may find a case not applicable takes any row. @throws InvalidInputError */
export function refuseUnfit({ rows, scorers, recorded }: Fit): void {
  if (rows.length === 0)
    throw new InvalidInputError([
      {
        at: '--dataset',
        message: 'has no row outside of its sealed part; import more, or --unseal',
      },
    ]);
  const bare = recorded ? rows.filter((row) => row.outputs === undefined) : [];
  const faults = scorers.filter(isJudge).flatMap((judge) => {
    const lacking = rows.filter((row) => fieldsLacking(judge.definition, row).length > 0);
    const message = `asks for what ${namesOf(lacking)} lack; add it, or change its instructions`;
    return lacking.length === 0 ? [] : [{ at: `judge ${judge.id}`, message }];
  });
  if (bare.length > 0)
    faults.push({
      at: '--agent',
      message: `is needed: ${namesOf(bare)} have no recorded outputs to judge`,
    });
  if (faults.length > 0) throw new InvalidInputError(faults);
}

const namesOf = (rows: readonly PlacedExample[]): string =>
  `${rows.length} rows (${rows
    .slice(0, 3)
    .map((row) => row.id)
    .join(', ')}${rows.length > 3 ? ' ...' : ''})`;

function gitCommit(): string | null {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--abbrev=40', '--exclude=*'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return null;
  }
}
