/** A cycle to begin with, by file name: a prompt agent, which needs no code. The person brings the examples. */
export const STARTER: Readonly<Record<string, string>> = {
  'cycle.yaml': `# What one cycle works with; every entry is told in docs/cycle.md.
cycle: assistant
# One example a line: {"id": "...", "conversation": "...", "inputs": {"message": "..."}}
dataset: { name: messages, path: examples.jsonl }
agent: { kind: prompt, name: assistant, prompt: assistant }
prompts: { assistant: prompts/assistant.md }
judge: judge.yaml

label: { raters: 2, minimum: 40, deadline: 7d, reminders: [2d, 5d] }
gate: { delta: 0.10, trials: 3 }
budget: { usd: 2 }
`,
  'judge.yaml': `name: helpful
instructions: |
  A customer wrote:
  {{inputs}}

  The assistant answered:
  {{outputs}}

  Does the answer solve what the customer asked for, truthfully and without needless words?
value: { type: boolean }
`,
  'prompts/assistant.md': `You answer customers of our company. Be brief, be exact, and say so when you do not know.
`,
};
