import { basename, dirname, extname, resolve } from 'node:path';
import { cycleSpec, type CycleSpec } from '../../contracts/spec.ts';
import { readDocument } from '../files/document.ts';

/** A spec with the folder its paths are relative to, and the place of each entry in the file. */
export type SpecFile = {
  readonly path: string;
  readonly folder: string;
  readonly spec: CycleSpec;
  readonly at: (keys: readonly (string | number)[]) => string;
};

/** @throws InvalidInputError with every fault, its path in the spec and its line in the file */
export function readSpec(path: string): SpecFile {
  const { value: spec, at } = readDocument(path, cycleSpec);
  return { path, folder: dirname(resolve(path)), spec, at };
}

const FILE = /\.(jsonl|csv|json|ya?ml|md|txt)$/i;

/** Whether an entry that may be a name or a path is a path: paths end in a known extension. */
export const isPath = (entry: string): boolean => FILE.test(entry);

/** A name made of a file's own: `My Data.jsonl` -> `my-data`. */
export const nameOfFile = (path: string): string =>
  basename(path, extname(path))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '') || 'dataset';
