/** Evaluates a config file of the user's, tells what it exports, and ends: user code, so it runs where user code runs. */
import { pathToFileURL } from 'node:url';

/** What this process answers. */
export type ConfigAnswer = { readonly declared: unknown } | { readonly fault: string };

async function read(file: string): Promise<ConfigAnswer> {
  try {
    const loaded = (await import(pathToFileURL(file).href)) as { default?: unknown };
    return { declared: structuredClone(loaded.default) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

const answer = await read(process.argv[2]!);
process.send!(answer, () => process.exit(0));
