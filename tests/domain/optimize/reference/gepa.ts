import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Golden, GoldenConfig } from '../../../../scripts/golden/format.ts';

/** Why the comparison does not run, or false when it does. */
export const skip: string | false =
  process.env['ATTUNE_LONG'] === undefined &&
  'set ATTUNE_LONG=1 to compare with gepa itself (installed into a temporary environment)';

export type Traced = Golden | { readonly config: GoldenConfig; readonly broke: string };

/** Golden traces of some configs, made by the library itself; `broke` where it raises. */
export function traceGepa(configs: readonly GoldenConfig[]): readonly Traced[] {
  const answer = execFileSync(interpreter(), [path.join(import.meta.dirname, 'golden.py')], {
    input: JSON.stringify(configs),
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  return JSON.parse(answer) as readonly Traced[];
}

function interpreter(): string {
  const folder = path.join(tmpdir(), 'attune-gepa-0.1.4');
  const binary = path.join(folder, 'bin', 'python');
  if (!existsSync(binary)) execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(binary, ['-m', 'pip', 'install', '--quiet', 'gepa==0.1.4']);
  return binary;
}
