import { dirname, resolve } from 'node:path';
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
