import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Why the comparison does not run, or false when it does. */
export const skip: string | false =
  process.env['ATTUNE_LONG'] === undefined &&
  'set ATTUNE_LONG=1 to compare with NumPy, SciPy and ppi_py (installed into a temporary environment)';

const PACKAGES: readonly string[] = ['numpy==2.2.6', 'scipy==1.15.3', 'ppi-python==0.2.3'];

/** Runs a script of this folder on JSON and returns its JSON answer. */
export function runPython(script: string, input: unknown): unknown {
  const answer = execFileSync(interpreter(), [path.join(import.meta.dirname, script)], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    maxBuffer: 1e8,
  });
  return JSON.parse(answer);
}

function interpreter(): string {
  const folder = path.join(tmpdir(), 'attune-reference');
  const binary = path.join(folder, 'bin', 'python');
  if (!existsSync(binary)) execFileSync('python3', ['-m', 'venv', folder]);
  execFileSync(binary, ['-m', 'pip', 'install', '--quiet', ...PACKAGES]);
  return binary;
}
