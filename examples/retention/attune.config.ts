import { defineConfig } from '../../agents/declare.ts';

// oxlint-disable-next-line import/no-default-export -- the config loader reads the default export
export default defineConfig({
  agents: {
    retention: {
      kind: 'module',
      path: './agent.ts',
      prompts: ['supervisor', 'answer'],
      timeout: '30s',
    },
  },
  scorers: {
    'no-competitor': { path: './scorers/no-competitor.ts', value: { type: 'boolean' } },
  },
});
