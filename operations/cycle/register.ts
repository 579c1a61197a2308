import type { ScorerVersion } from '../../contracts/scorer.ts';
import { moveAlias, standsAt } from '../../db/versions/aliases.ts';
import { type Db, inTransaction } from '../../db/connect.ts';
import {
  type Cycle,
  type CycleKind,
  createCycle,
  cycleKey,
  listCycles,
} from '../../db/cycles/cycles.ts';
import { getDataset } from '../../db/data/datasets.ts';
import { listPromptVersions, registerPrompt } from '../../db/versions/prompts.ts';
import { scorelessFaults, scorerNameFaults } from '../../domain/evaluate/scorer-names.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { CycleRunsError } from '../errors.ts';
import { importExamples } from '../dataset/import-examples.ts';
import { registerJudge, registerScorer } from '../judge/scorers.ts';
import { checkAgent } from './check-agent.ts';
import type { PlacedSpec, SpecInputs } from './inputs.ts';

export type Registration = {
  readonly db: Db;
  readonly project: string;
  readonly file: PlacedSpec;
  readonly inputs: SpecInputs;
  readonly salt: string | undefined;
  readonly who: string;
  /** Default `cycle`. */
  readonly kind?: CycleKind;
  /** Refused where a cycle of that name is under way. */
  readonly alone?: boolean;
};
export type Registered = { readonly cycle: Cycle; readonly remarks: readonly string[] };

/** Imports what the spec brings along and writes the cycle's row: all in one transaction, or nothing. */
export function registerCycle(wanted: Registration): Promise<Registered> {
  return inTransaction(wanted.db, async (tx) => {
    const inside = { ...wanted, db: tx };
    await checkAgent(tx, wanted.project, wanted.file);
    const dataset = await registerDataset(inside);
    const { judge, judgeMemory, scorers } = await registerScorers(inside);
    const prompts = await registerPrompts(inside);
    const cycle = await createCycle(tx, {
      project: wanted.project,
      kind: wanted.kind ?? 'cycle',
      cycle: wanted.file.spec.cycle,
      spec: wanted.file.spec,
      datasetVersion: dataset.version,
      baseJudge: judge,
      scorers,
      incumbent: prompts.incumbent,
    });
    if (wanted.alone === true) await refuseSecond(tx, cycle);
    const learned =
      wanted.inputs.judge.kind === 'definition' && judgeMemory
        ? [
            `the judge starts from what was learned: ${judge}; name a version (\`judge: ${judge.split('@')[0]}@1\`) to pin another`,
          ]
        : [];
    return { cycle, remarks: [...dataset.remarks, ...learned, ...prompts.remarks] };
  });
}

/** Under the lock of the project that making the cycle took. @throws CycleRunsError */
async function refuseSecond(db: Db, { project, cycle, number }: Cycle): Promise<void> {
  const all = await listCycles(db, { project, cycle });
  const running = all.find((other) => other.state === 'running' && other.number !== number);
  if (running !== undefined) throw new CycleRunsError(cycleKey(running), running.phase);
}

async function registerDataset({ db, project, file, inputs, salt }: Registration) {
  const { dataset } = inputs;
  if (dataset.kind === 'name') {
    const found = await getDataset(db, { project, id: dataset.name });
    return { version: found.id, remarks: [] };
  }
  const { name, examples, gold } = dataset;
  const { sealed, pin } = file.spec.split;
  const imported = await importExamples({ db, project, name, examples, gold, salt, pin, sealed });
  return { version: imported.version.id, remarks: imported.remarks };
}

/** Ids of the judge and of the scorers beside it. @throws InvalidInputError where the spec names one that none of them is */
async function registerScorers({ db, project, file, inputs, kind = 'cycle' }: Registration) {
  const registerPrimary = kind === 'cycle' ? registerJudge : registerScorer;
  const judge = await registerPrimary(db, { project, input: inputs.judge });
  const scorers: ScorerVersion[] = [];
  for (const input of inputs.scorers) scorers.push(await registerScorer(db, { project, input }));
  const faults = [
    ...scorerNameFaults(
      file.spec,
      [judge, ...scorers].map(({ name }) => name),
    ),
    ...scorelessFaults(file.spec, { judge, scorers }),
  ];
  if (faults.length > 0)
    throw new InvalidInputError(
      faults.map(({ path, message }) => ({ at: file.at(path), message })),
    );
  return {
    judge: judge.id,
    judgeMemory: judge.memory !== null,
    scorers: scorers.map(({ id }) => id),
  };
}

type Incumbents = {
  /** Version number by prompt name. */
  readonly incumbent: Readonly<Record<string, number>>;
  readonly remarks: readonly string[];
};

async function registerPrompts(wanted: Registration): Promise<Incumbents> {
  const found = [];
  for (const name of Object.keys(wanted.inputs.prompts))
    found.push({ name, ...(await incumbentOf(wanted, name)) });
  return {
    incumbent: Object.fromEntries(found.map(({ name, number }) => [name, number])),
    remarks: found.flatMap(({ remark }) => (remark === null ? [] : [remark])),
  };
}

/** Where the alias stands; a prompt that has none yet gets it on its first text. @throws InvalidInputError */
async function incumbentOf(
  { db, project, file, inputs, who }: Registration,
  name: string,
): Promise<{ readonly number: number; readonly remark: string | null }> {
  const { alias } = file.spec;
  const text = inputs.prompts[name] ?? null;
  const at = { project, prompt: name, alias };
  const number = await standsAt(db, at);
  if (number !== null)
    return { number, remark: await staleText({ db, project, name, text, number }) };
  if (text === null)
    throw new InvalidInputError(
      [
        {
          at: file.at(['prompts', name]),
          message: `prompts.${name}: has no alias \`${alias}\`, and the spec gives no first text`,
        },
      ],
      `Give its file in the spec, or: npx attune prompt register ${name} FILE; npx attune prompt alias ${name} ${alias} 1 --why "first version"`,
    );
  const { version } = await registerPrompt(db, { project, name, text, message: 'first text' });
  await moveAlias(db, {
    ...at,
    expected: null,
    to: version.number,
    who,
    why: 'first text of the spec',
  });
  return { number: version.number, remark: null };
}

async function staleText(of: {
  readonly db: Db;
  readonly project: string;
  readonly name: string;
  readonly text: string | null;
  readonly number: number;
}): Promise<string | null> {
  const versions = await listPromptVersions(of.db, of);
  const known = of.text === null || versions.some((version) => version.text === of.text);
  return known
    ? null
    : `prompt ${of.name}: the file's text is no registered version; the cycle starts from version ${of.number}, where the alias stands`;
}
