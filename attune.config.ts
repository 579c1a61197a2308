import { defineConfig } from './agents/declare.ts';

export default defineConfig({
  agents: {
    'telecom-router': {
      kind: 'module',
      path: './examples/telecom/agent.ts',
      prompts: ['router'],
      timeout: '30s',
    },
  },
});
