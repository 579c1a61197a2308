import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SOURCES = ['workflows', 'contracts', 'domain'];

/** Path of the workflow bundle: made once for each state of the sources, since making it takes seconds. */
export async function workflowBundle(data: string): Promise<{ readonly codePath: string }> {
  const codePath = join(data, 'bundles', `${sourceHash()}.js`);
  if (!existsSync(codePath)) {
    const workflowsPath = join(ROOT, 'workflows', 'index.ts');
    const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
    mkdirSync(join(data, 'bundles'), { recursive: true });
    // Two workers may start at once: each writes its own file, and a rename is whole or not at all.
    const own = `${codePath}.${process.pid}`;
    writeFileSync(own, code);
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
