import { resolve } from 'node:path';
import type { ExampleLine } from '../../contracts/example.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { type ScorerEntry, scorerEntry } from '../../contracts/scorer-entry.ts';
import { getCycle } from '../../db/cycles/cycles.ts';
import { migrate } from '../../db/migrate.ts';
import { type CycleName, workflowIdOf } from '../../operations/cycle/reference.ts';
import { resumeCycle } from '../../operations/cycle/resume.ts';
import { startCycle as start } from '../../operations/cycle/start.ts';
import type { InputOf } from '../../operations/operation.ts';
import { isPath } from '../../operations/paths.ts';
import type { Cli } from '../cli.ts';
import { readDocument } from '../files/document.ts';
import { operate } from '../operate.ts';
import type { SpecFile } from '../spec/read.ts';
import { dim } from '../terminal/style.ts';
import { estimateText } from './estimate.ts';
import { readInputs } from './inputs.ts';
import { uiLink } from './links.ts';
import { powerLines } from './power.ts';

/** Imports what the spec brings, prints what the gate can see and the estimate where a real model is used, and starts the workflow. */
export async function startCycle(
  cli: Cli,
  file: SpecFile,
  { force = false } = {},
): Promise<CycleName> {
  const input = { ...inputOf(file), force };
  await cli.connections.temporal();
  const db = await cli.connections.database();
  await migrate(db);
  const { id, project, cycle, number } = await operate(cli, start, input, {
    project: file.spec.project,
    async recorded(made) {
      const row = await getCycle(db, made);
      made.remarks.forEach((remark) => cli.note(dim(`  note: ${remark}`)));
      (await powerLines(db, row)).forEach((text) => cli.note(text));
      const estimate = await estimateText(cli, { db, cycle: row });
      if (estimate !== null) cli.note(estimate);
    },
  }).catch((error: unknown) => {
    throw inFile(file, error);
  });
  const link = uiLink(cli.env, id);
  cli.note(`Started ${id}`);
  if (link !== null) cli.note(`  Temporal UI  ${link}`);
  return { project, cycle, number };
}

/** Starts the workflow of a cycle whose row is there, unless it runs already: a start that was cut off between both is made whole. */
export const ensureRunning = (cli: Cli, name: CycleName): Promise<unknown> =>
  operate(cli, resumeCycle, { cycle: workflowIdOf(name) });

/** A spec with what its files hold. @throws InvalidInputError with every fault and its line */
function inputOf(file: SpecFile): InputOf<typeof start> {
  const { dataset, prompts } = readInputs(file);
  const { spec, folder } = file;
  const entries: readonly unknown[] = [spec.judge, ...spec.scorers];
  const paths = entries.filter((entry) => typeof entry === 'string').filter(isPath);
  const held = paths.map((path): [string, ScorerEntry] => [
    path,
    readDocument(resolve(folder, path), scorerEntry).value,
  ]);
  return {
    spec,
    ...(dataset.kind === 'rows' && {
      rows: dataset.examples.map(({ hash: _hash, ...row }): ExampleLine => row),
      gold: { ...dataset.gold },
    }),
    texts: Object.fromEntries(
      Object.entries(prompts).filter((entry): entry is [string, string] => entry[1] !== null),
    ),
    definitions: Object.fromEntries(held),
  };
}

/** Faults of a spec with the line of its file in the place of its field. */
function inFile({ at }: SpecFile, error: unknown): unknown {
  if (!(error instanceof InvalidInputError)) return error;
  const faults = error.faults.map((fault) => {
    const [head, ...keys] = fault.at.split('.');
    if (head !== 'spec') return fault;
    return { ...fault, at: at(keys.map((key) => (/^\d+$/.test(key) ? Number(key) : key))) };
  });
  return new InvalidInputError(faults, error.hint);
}
