import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const SOURCES = ['workflows', 'contracts', 'domain'];

/** Path of the workflow bundle: made once for each state of the sources, since making it takes seconds. */
export async function workflowBundle(data: string): Promise<{ readonly codePath: string }> {
  const codePath = join(data, 'bundles', `${sourceHash()}.js`);
  if (!existsSync(codePath)) {
    mkdirSync(join(data, 'bundles'), { recursive: true });
    // Two workers may start at once: each writes its own file, and a rename is whole or not at all.
    const own = `${codePath}.${process.pid}`;
    await run(process.execPath, [join(ROOT, 'worker', 'make-bundle.ts'), own], {
      env: { PATH: process.env['PATH'] },
    });
    renameSync(own, codePath);
  }
  return { codePath };
}

function sourceHash(): string {
  const hash = createHash('sha256');
  hash.update(readFileSync(join(ROOT, 'package-lock.json')));
  for (const folder of SOURCES)
    for (const file of readdirSync(join(ROOT, folder), {
      recursive: true,
      encoding: 'utf8',
    }).sort())
      if (file.endsWith('.ts')) hash.update(file).update(readFileSync(join(ROOT, folder, file)));
  return hash.digest('hex').slice(0, 16);
}
