/** Makes the workflow bundle at the path given. A process of its own: the bundler takes 200 MB that the worker would keep. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

const workflowsPath = join(fileURLToPath(new URL('..', import.meta.url)), 'workflows', 'index.ts');
const { code } = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
writeFileSync(process.argv[2]!, code);
