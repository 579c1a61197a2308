import { z } from 'zod';
import { readShaped } from './files.ts';
import { lives, processIdentity } from './identity.ts';
import { layoutOf } from './layout.ts';

/** The addresses of a running stack, as `stack.json` keeps them (mode 0600: it holds the token and the database password). */
export const stackInfo = z.object({
  owner: processIdentity,
  dataDir: z.string(),
  logs: z.string(),
  project: z.string(),
  database: z.object({ url: z.string(), attached: z.boolean() }),
  temporal: z.object({
    address: z.string(),
    namespace: z.string(),
    attached: z.boolean(),
    ui: z.string().optional(),
    cli: z.string().optional(),
    /** Further ports that the server listens on. */
    ports: z.array(z.int()).optional(),
    /** The environment of a client of this server, TLS and profiles of the shell removed where it is ours. */
    env: z.record(z.string(), z.string()),
  }),
  model: z.object({
    kind: z.enum(['practice', 'real']),
    name: z.string(),
    baseUrl: z.string().optional(),
  }),
  server: z.object({ url: z.string(), token: z.string() }).optional(),
});
export type StackInfo = z.infer<typeof stackInfo>;

/** The running stack of a data folder, or undefined when none runs or it is not up yet. */
export function readStack(dataDir: string): StackInfo | undefined {
  const info = readShaped(layoutOf(dataDir).info, stackInfo);
  return info && lives(info.owner) ? info : undefined;
}

/** The variables with which a client process reaches the stack. */
export function clientEnvironment(info: StackInfo): Readonly<Record<string, string>> {
  return {
    ...info.temporal.env,
    TEMPORAL_ADDRESS: info.temporal.address,
    TEMPORAL_NAMESPACE: info.temporal.namespace,
    DATABASE_URL: info.database.url,
    ATTUNE_PROJECT: info.project,
    ...(info.server && { ATTUNE_SERVER: info.server.url, ATTUNE_TOKEN: info.server.token }),
  };
}
