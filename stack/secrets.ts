import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readShaped, writePrivate } from './files.ts';
import type { Layout } from './layout.ts';

const shape = z.object({ token: z.string().min(20), databasePassword: z.string().min(20) });
export type Secrets = z.infer<typeof shape>;

/** The bearer token of the server and the password of the embedded database: made once for a data folder, kept with mode 0600. */
export function loadSecrets(layout: Layout): Secrets {
  const kept = readShaped(layout.secrets, shape);
  if (kept) return kept;
  const made = { token: fresh(), databasePassword: fresh() };
  writePrivate(layout.secrets, JSON.stringify(made));
  return made;
}

function fresh(): string {
  return randomBytes(24).toString('base64url');
}
