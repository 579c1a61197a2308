// Needs no import: what is written here is checked when a worker loads it.
export default {
  agents: {
    // Runs by itself: OPENAI_BASE_URL=... python3 service.py 8765
    'python-service': {
      kind: 'http',
      url: `http://127.0.0.1:${process.env['SERVICE_PORT'] ?? 8765}/`,
      prompts: ['router'],
    },
    // Attune starts it, with these variables and no others of the shell.
    'python-program': {
      kind: 'command',
      command: ['python3', 'program.py'],
      prompts: ['router'],
      env: ['OPENAI_BASE_URL', 'MODEL', 'MODEL_KEY'],
      concurrency: 4,
    },
  },
};
