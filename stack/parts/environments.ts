import type { PartName } from '../part.ts';

type Reader = Exclude<PartName, 'postgres'>;

/** What any program needs of a shell. Proxies and certificates are among it: they decide whether the network is reached at all. */
const COMMON =
  /^(PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_.*|TZ|TMPDIR|TEMP|TMP|XDG_.*|NODE_.*|NO_COLOR|FORCE_COLOR|SSL_CERT_.*|SYSTEMROOT|(https?|no|all)_proxy)$/i;

/** What each process is given besides; nothing else of the shell reaches it. User code's own names pass through the agent's process. */
const GIVEN: Readonly<Record<Reader, RegExp>> = {
  temporal: /^TEMPORAL_CONFIG_FILE$/,
  practice: /^(PORT|PRACTICE_.*)$/,
  worker: /^(PORT|DATABASE_URL|PG.*|TEMPORAL_.*|OPENAI_.*|AZURE_.*|ATTUNE_(?!TOKEN$|FORWARD_).*)$/,
  agent: /^(?!ATTUNE_(TOKEN|WEBHOOK|FORWARD_.*)$)/,
  server: /^(HOST|PORT|DATABASE_URL|PG.*|TEMPORAL_.*|ATTUNE_(?!WEBHOOK$|MODEL).*)$/,
};

/** The environment of one process: its own, and nothing that another needs. */
export const environmentOf = (part: Reader, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  select(env, (name) => COMMON.test(name) || GIVEN[part].test(name));

/**
 * Divides an environment into what any process of the machine may see (`/proc/<pid>/environ`, `ps e`) and what is handed over on
 * standard input.
 */
export const dividedForHandover = (
  env: NodeJS.ProcessEnv,
): { readonly shown: NodeJS.ProcessEnv; readonly handed: NodeJS.ProcessEnv } => ({
  shown: select(env, (name) => COMMON.test(name)),
  handed: select(env, (name) => !COMMON.test(name)),
});

const select = (env: NodeJS.ProcessEnv, keep: (name: string) => boolean): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value !== undefined && keep(name)),
  );
