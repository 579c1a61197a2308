import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

const RELATIVE_IMPORT = /(?:from|import)\s*\(?\s*['"](\.{1,2}\/[^'"]+)['"]/g;

/** SHA-256 over a module's file and the files it imports by relative path, so that a change in any of them is a new agent. */
export function fingerprintOf(entry: string): string {
  const seen = new Set<string>();
  const hash = createHash('sha256');
  const visit = (file: string): void => {
    if (seen.has(file) || !existsSync(file)) return;
    seen.add(file);
    const text = readFileSync(file, 'utf8');
    hash.update(text);
    for (const [, target] of text.matchAll(RELATIVE_IMPORT)) visit(resolve(dirname(file), target!));
  };
  visit(resolve(entry));
  return hash.digest('hex');
}
