/** Where the command line begins. Code that was compiled before is kept and used again: reading TypeScript is half of a short command. */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

const { XDG_CACHE_HOME, HOME } = process.env;
const caches = XDG_CACHE_HOME || join(HOME || homedir(), '.cache');
// Node compares kept code with its source, and does without where the folder cannot be written.
enableCompileCache(join(caches, 'attune', 'compiled'));
const { main } = await import('./command.ts');
process.exitCode = await main();
