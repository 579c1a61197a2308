import type { Assembly } from '../assembly.ts';
import type { Wishes } from '../environment.ts';
import type { StackInfo } from '../info.ts';

export type Model = StackInfo['model'] & {
  /** What the processes that call models get in their environment. */
  readonly env: NodeJS.ProcessEnv;
};

/** Starts the practice model, or passes on the real one the environment names. */
export async function startModel(assembly: Assembly, wish: Wishes['model']): Promise<Model> {
  const { env } = assembly;
  if (wish !== 'practice') {
    const baseUrl = env['OPENAI_BASE_URL'] || undefined;
    const key = env['OPENAI_API_KEY'] || 'none';
    assembly.onEvent({ kind: 'attached', part: 'practice', to: wish.real });
    return {
      kind: 'real',
      name: wish.real,
      ...(baseUrl && { baseUrl }),
      env: { OPENAI_API_KEY: key },
    };
  }
  const { port } = await assembly.startProgram('practice', env);
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  return { kind: 'practice', name: 'practice', baseUrl, env: practiceEnvironment(baseUrl) };
}

/** Real keys and model names of the shell are overwritten, so that nothing is spent. */
function practiceEnvironment(baseUrl: string): NodeJS.ProcessEnv {
  return {
    OPENAI_BASE_URL: baseUrl,
    OPENAI_API_KEY: 'practice',
    ATTUNE_MODEL: 'practice',
    ATTUNE_MODEL_AGENT: 'practice-agent',
    ATTUNE_MODEL_JUDGE: 'practice-judge',
    ATTUNE_MODEL_REFLECTION: 'practice-reflector',
    // The built-in embedder: nothing leaves the machine, and a verdict costs one call.
    ATTUNE_MODEL_EMBEDDING: undefined,
    ...Object.fromEntries(
      ['AGENT', 'JUDGE', 'REFLECTION', 'EMBEDDING'].flatMap((role) => [
        [`OPENAI_BASE_URL_${role}`, undefined],
        [`OPENAI_API_KEY_${role}`, undefined],
      ]),
    ),
  };
}
