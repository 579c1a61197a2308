import type { AddressInfo } from 'node:net';
import type { AgentDeps } from '../../../activities/deps.ts';
import { createPracticeServer } from '../../../practice/server.ts';
import { openAgents, openDeps } from '../../../worker/deps.ts';
import { readEnvironment } from '../../../worker/environment.ts';
import { CONFIG } from './plant.ts';

/** What both workers work with, as their composition root makes it, and the practice model. */
export type Practice = {
  readonly deps: AgentDeps;
  /** Idempotency keys of the calls so far. */
  readonly keys: readonly string[];
  close(): Promise<void>;
};

export async function openPractice(
  databaseUrl: string,
  onRequest: () => void = () => undefined,
): Promise<Practice> {
  const keys: string[] = [];
  const log = ({ key }: { readonly key: string | null }): void => {
    keys.push(key ?? 'none');
    onRequest();
  };
  const server = createPracticeServer({ log, latencyMs: 0 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const environment = readEnvironment({
    DATABASE_URL: databaseUrl,
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
    ATTUNE_MODEL: 'practice',
    ATTUNE_MODEL_AGENT: 'practice-agent',
    ATTUNE_MODEL_JUDGE: 'practice-judge',
    ATTUNE_MODEL_REFLECTION: 'practice-reflector',
    ATTUNE_CONFIG: CONFIG,
  });
  const opened = await openDeps(environment);
  const deps = { ...opened.activities, ...(await openAgents(opened, environment)) };
  return {
    deps,
    keys,
    async close() {
      deps.host.close();
      deps.scorerHost.close();
      await opened.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
