import { createLimiter, type Limiter } from '../llm/limiter.ts';
import { runHttpAgent } from './http.ts';
import type { Reply } from './reply.ts';
import type { AgentCall } from './result.ts';

/** Services of the user's: no more requests under way at each than it is declared to take. */
export function createServices(): { run(call: AgentCall): Promise<Reply> } {
  const limiters = new Map<string, Limiter>();
  const limiterOf = (name: string, concurrency: number): Limiter => {
    const key = `${name}/${concurrency}`;
    const limiter = limiters.get(key) ?? createLimiter({ concurrency });
    limiters.set(key, limiter);
    return limiter;
  };
  return {
    async run(call) {
      const { name, concurrency = 1 } = call.agent.record;
      const turn = await limiterOf(name, concurrency).acquire(name, call.signal ?? NEVER);
      try {
        return await runHttpAgent(call);
      } finally {
        turn('done');
      }
    },
  };
}

const NEVER = new AbortController().signal;
