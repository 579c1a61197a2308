/** Draws docs/null.md, docs/null.svg and docs/power.svg from what the bench printed: `node bench/null-docs.ts <output>`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { isClaimed } from './null-cells.ts';
import { nullPicture, powerPicture } from './null-pictures.ts';

const row = z.object({
  setting: z.string(),
  clusters: z.int(),
  margin: z.number(),
  shift: z.number(),
  gate: z.number(),
  gateError: z.number(),
  cycle: z.number().nullable(),
  search: z.number().nullable(),
  naive: z.number(),
  naiveError: z.number(),
  level: z.number().optional(),
  holds: z.boolean().optional(),
});
export type BenchRow = z.infer<typeof row>;
const bench = z.object({ simulations: z.int(), nulls: z.array(row), power: z.array(row) });

const lines = readFileSync(process.argv[2] ?? '', 'utf8')
  .trim()
  .split('\n');
const { simulations, nulls, power } = bench.parse(JSON.parse(lines.at(-1) ?? ''));

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string =>
  [headings, headings.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');

const over = nulls.filter(({ holds }) => holds === false);
const cellOf = ({ setting, clusters, margin }: BenchRow): string =>
  `- ${setting}, ${clusters} clusters, margin ${margin}`;

const page = `# How often the gate is wrong

${simulations} simulated gates a row (\`npm run bench:null\`; more with \`--simulations\`), through the gate and, where a search is named, through the
search engine; no model. "Gate" is the share of gates that said \`promote\` though no candidate was better than the margin; it may be at most the level
of the look (2.5 % of the first, 5 % of all looks together) and two Monte Carlo errors. "Naive" promotes the best of five equal candidates on
20 examples, or the search's finalist, without a gate.

![Wrong promotions](null.svg)

The claim, at most the level, is made for every row but two kinds, which are published all the same. A judge that is more lenient on the
finalist fools any test of its own scores; only people see that. Large losses so rare that 50 clusters often show none look like an even
small gain; this bench showed it, so the claim leaves it out, and a policy with \`strict\` (the betting test) is for those.

Above the level by more than two Monte Carlo errors:

${over.map((at) => cellOf(at) + (isClaimed(at) ? ' (in the claim)' : '')).join('\n') || '- none'}

${table(
  ['setting', 'clusters', 'margin', 'gate', 'level', 'above', 'naive'],
  nulls.map((at) => [
    at.setting,
    String(at.clusters),
    String(at.margin),
    `${percent(at.gate)} ± ${percent(at.gateError)}`,
    percent(at.level ?? 0),
    at.holds === false ? 'yes' : '',
    `${percent(at.naive)} ± ${percent(at.naiveError)}`,
  ]),
)}

## Power

What the same gate sees, one example a cluster, one trial, first look.

![Power](power.svg)

${table(
  ['true gain', 'clusters', 'promoted'],
  power.map((at) => [
    String(at.shift),
    String(at.clusters),
    `${percent(at.gate)} ± ${percent(at.gateError)}`,
  ]),
)}
`;

const docs = (name: string): URL => new URL(`../docs/${name}`, import.meta.url);
writeFileSync(docs('null.md'), page);
writeFileSync(docs('null.svg'), nullPicture(nulls));
writeFileSync(docs('power.svg'), powerPicture(power));
