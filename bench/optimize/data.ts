import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { hashText } from '../../contracts/hash.ts';

const LABELS = ['billing', 'bug', 'other'] as const;

/** The task of the peer harness g_gepa.py: thirty tickets to learn from and thirty to choose on; its spec is written below `folder`. */
export function writeTask(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const rows = [...tickets('train', 'train'), ...tickets('val', 'validation')];
  const spec = {
    cycle: 'bench',
    dataset: { name: 'tickets', path: 'tickets.jsonl' },
    agent: { kind: 'prompt', name: 'classifier', prompt: 'instr' },
    prompts: { instr: 'instr.md' },
    judge: 'exact',
    split: { pin: 'part' },
    budget: {},
  };
  writeFileSync(join(folder, 'tickets.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  writeFileSync(join(folder, 'instr.md'), 'Classify the ticket.\nLABELS: billing, bug, other');
  writeFileSync(join(folder, 'exact.ts'), SCORER);
  writeFileSync(configOf(folder), CONFIG);
  const file = join(folder, 'bench.yaml');
  writeFileSync(file, stringify(spec));
  return file;
}

/** Where the worker finds the metric: the harness's own, equality with the label. */
export const configOf = (folder: string): string => join(folder, 'attune.config.ts');

const CONFIG = "export default { scorers: { exact: { path: './exact.ts' } } };\n";
const SCORER = `export const scorer = ({ outputs, expectations }) => ({
  value: outputs.output === expectations.label ? 1 : 0,
  rationale: \`expected \${expectations.label}\`,
});
`;

const tickets = (set: string, part: string) =>
  Array.from({ length: 30 }, (_, i) => ({
    id: `${set}${i}`,
    conversation: `${set}${i}`,
    inputs: { message: `${set} ticket ${i}: ${wordsOf(`${set}${i}`)}` },
    expectations: { label: LABELS[(i * 5 + set.length) % 3]! },
    tags: { part },
  }));

// Tickets as alike as those of the harness would be one group of near-duplicates, which stays in one part; these differ in every word.
const wordsOf = (id: string): string => hashText(id).match(/.{8}/g)!.join(', ');
