import { clientEnvironment, dataDirOf, readStack } from '../../stack/index.ts';
import type { Environment } from '../environment.ts';

/**
 * The variables with which the database, Temporal and the server are reached: what the environment names itself, else those of the
 * running stack. Without either a variable is absent.
 */
export function reachable(env: Environment): Readonly<Record<string, string>> {
  const info = readStack(dataDirOf(env.all));
  if (info === undefined) return env.all;
  const theirs = clientEnvironment(info);
  const kept = Object.keys(env.all).filter(
    (key) =>
      (key.startsWith('TEMPORAL_') && env.TEMPORAL_ADDRESS !== undefined) ||
      (['DATABASE_URL', 'ATTUNE_PROJECT', 'ATTUNE_SERVER', 'ATTUNE_TOKEN'].includes(key) &&
        env.all[key] !== ''),
  );
  return { ...env.all, ...theirs, ...Object.fromEntries(kept.map((key) => [key, env.all[key]!])) };
}
