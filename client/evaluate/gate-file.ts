import { z } from 'zod';
import { gateLine } from '../../contracts/gate-line.ts';
import { evaluateGate } from '../../contracts/spec.ts';
import type { EvaluateGate } from '../../domain/evaluate/gates.ts';
import { readDocument } from '../files/document.ts';

const gateFile = z.array(z.union([gateLine, evaluateGate])).min(1);

/** Gates of a YAML or JSON file: a list of lines, or of `{scorer, min, errors}`. @throws InvalidInputError */
export const readGates = (path: string): readonly EvaluateGate[] =>
  readDocument(path, gateFile).value;
