import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { resetStack, stopStack } from '../../stack/index.ts';
import { layoutOf } from '../../stack/layout.ts';
import { readRecord } from '../../stack/record.ts';
import { type ProcessIdentity, lives } from '../../stack/identity.ts';

/** An environment without anything a developer's shell may attach. */
export const BARE_ENV: NodeJS.ProcessEnv = Object.fromEntries(
  ['PATH', 'HOME', 'XDG_CACHE_HOME', 'TMPDIR'].map((name) => [name, process.env[name]]),
);

/** A new data folder below a 0700 folder, removed after the test together with whatever still runs on it. */
export function dataFolder(t: TestContext): string {
  const parent = mkdtempSync(join(tmpdir(), 'attune-stack-'));
  const dataDir = join(parent, 'data');
  t.after(async () => {
    await stopStack(dataDir);
    await resetStack(dataDir);
    rmdirSync(parent);
  });
  return dataDir;
}

/** The processes the stack of this folder has recorded, by part. */
export function recorded(dataDir: string): Readonly<Record<string, ProcessIdentity>> {
  return readRecord(layoutOf(dataDir));
}

export function living(identities: Readonly<Record<string, ProcessIdentity>>): readonly string[] {
  return Object.keys(identities).filter((part) => {
    const identity = identities[part];
    return identity !== undefined && lives(identity);
  });
}
