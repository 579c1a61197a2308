import { resolve } from 'node:path';
import { name as nameSchema } from '../../contracts/name.ts';
import { type Fault, InvalidInputError } from '../../contracts/invalid-input.ts';
import { type FieldMap, fieldMap } from '../files/field-map.ts';
import { readExamples } from '../files/examples.ts';
import { readGold } from '../files/gold.ts';
import type { SpecInputs } from '../../operations/cycle/inputs.ts';
import { readJudgeEntry, readScorerEntry } from '../import/scorer.ts';
import { readPrompt } from '../import/prompt.ts';
import { isPath, nameOfFile } from '../../operations/paths.ts';
import { type SpecFile } from '../spec/read.ts';

type MappedEntry = {
  readonly map?: Readonly<Record<string, string>> | undefined;
  readonly ignore?: readonly string[] | undefined;
};

/** Reads every file that a spec names; where nobody labels, any scorer may be the judge. @throws InvalidInputError with all faults */
export function readInputs(file: SpecFile, { labelled = true } = {}): SpecInputs {
  const faults: Fault[] = [];
  const attempt = <T>(read: () => T): T | undefined => {
    try {
      return read();
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      faults.push(...error.faults);
      return undefined;
    }
  };
  if (Object.keys(file.spec.prompts).length === 0)
    faults.push({
      at: file.at(['prompts']),
      message: 'prompts: name at least one prompt to optimize',
    });
  const dataset = attempt(() => readDataset(file));
  const { folder } = file;
  const placed = (above: readonly (string | number)[]) => ({
    folder,
    at: (keys: readonly (string | number)[]) => file.at([...above, ...keys]),
  });
  const readPrimary = labelled ? readJudgeEntry : readScorerEntry;
  const judge = attempt(() => readPrimary(file.spec.judge, placed(['judge'])));
  const scorers = file.spec.scorers.flatMap(
    (entry, at) => attempt(() => readScorerEntry(entry, placed(['scorers', at]))) ?? [],
  );
  const prompts = Object.fromEntries(
    Object.entries(file.spec.prompts).map(([name, path]) => [
      name,
      path === null ? null : (attempt(() => readPrompt(name, resolve(folder, path))) ?? null),
    ]),
  );
  if (dataset === undefined || judge === undefined || faults.length > 0)
    throw new InvalidInputError(faults, 'Nothing was imported.');
  return { dataset, judge, scorers, prompts };
}

function readDataset({ spec, folder, at }: SpecFile): SpecInputs['dataset'] {
  const entry = typeof spec.dataset === 'string' ? entryOf(spec.dataset) : spec.dataset;
  if (entry.path === undefined) {
    if (!nameSchema.safeParse(entry.name.split('@')[0]).success)
      throw new InvalidInputError([
        {
          at: at(['dataset']),
          message: `dataset: \`${entry.name}\` is neither a name nor a file (.jsonl or .csv)`,
        },
      ]);
    return { kind: 'name', name: entry.name };
  }
  const { examples } = readExamples({
    path: resolve(folder, entry.path),
    conversation: 'conversation' in entry ? entry.conversation : undefined,
    map: 'map' in entry ? mapOf(entry) : undefined,
  });
  const gold =
    spec.gold === undefined ? {} : readGold(resolve(folder, spec.gold.file), spec.gold.field);
  return { kind: 'rows', name: entry.name, examples, gold };
}

const mapOf = ({ map = {}, ignore }: MappedEntry): FieldMap =>
  fieldMap(
    Object.entries(map).map(([from, to]) => `${from}=${to}`),
    ignore,
  );

const entryOf = (entry: string): { readonly name: string; readonly path?: string } =>
  isPath(entry) ? { name: nameOfFile(entry), path: entry } : { name: entry };
