import { defineConfig } from '../../agents/declare.ts';

const routed = (path: string) => ({ kind: 'module' as const, path, prompts: ['router'] });

export default defineConfig({
  agents: {
    'openai-router': routed('./openai.ts'),
    'langchain-router': routed('./langchain.ts'),
    'ai-sdk-router': routed('./ai-sdk.ts'),
  },
});
