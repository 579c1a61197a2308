import { z } from 'zod';
import { exampleLine } from '../../contracts/example.ts';
import { type Fault, InvalidInputError, refuse } from '../../contracts/invalid-input.ts';
import { jsonValue } from '../../contracts/json.ts';
import { name } from '../../contracts/name.ts';
import { scorerEntry } from '../../contracts/scorer-entry.ts';
import { cycleSpec } from '../../contracts/spec.ts';
import { getCycle } from '../../db/cycles/cycles.ts';
import { exampleOf } from '../../domain/dataset/example.ts';
import { definitionOf } from '../judge/definition.ts';
import { judgeOnly, type ScorerInput } from '../judge/scorers.ts';
import type { Operation } from '../operation.ts';
import { isPath, nameOfFile } from '../paths.ts';
import { beginCycle } from './begin.ts';
import type { SpecInputs } from './inputs.ts';
import { registerCycle } from './register.ts';
import { started, startedOf } from './shapes.ts';

const input = z.strictObject({
  spec: cycleSpec.describe('the spec; docs/cycle.md has every field'),
  rows: z
    .array(exampleLine)
    .min(1)
    .optional()
    .describe('rows of the dataset that the spec names, imported first'),
  gold: z.record(z.string(), jsonValue).optional().describe('right outputs by row id, for reports'),
  texts: z
    .record(name, z.string().trim().min(1))
    .optional()
    .describe('first texts of prompts, by name'),
  definitions: z
    .record(z.string(), scorerEntry)
    .optional()
    .describe('what the files hold that the spec names as judge or scorers'),
  force: z.boolean().default(false).describe('also where a cycle of that name is under way'),
});
const output = started.extend({
  remarks: z.array(z.string()).describe('what a person should know of the data and prompts'),
});
type Input = z.output<typeof input>;

export const startCycle = {
  name: 'cycle.start',
  says: 'Checks a spec, imports what it brings, and starts its next cycle.',
  role: 'editor',
  effect: 'spends',
  input,
  output,
  example: {
    spec: {
      cycle: 'support',
      dataset: 'messages',
      agent: 'router',
      prompts: { router: null },
      judge: 'correctness',
    },
  },
  audit: (_, { id }) => ({ subject: id }),
  async run({ db, project, salt, who }, given) {
    const { spec } = given;
    if ((spec.project ?? project) !== project)
      refuse('spec.project', `is ${spec.project}, but this is the project ${project}`);
    const { cycle, remarks } = await registerCycle({
      db,
      project,
      file: { spec, at: atOf },
      inputs: inputsOf(given),
      salt,
      who,
      alone: !given.force,
    });
    return { ...startedOf(cycle), remarks: [...remarks] };
  },
  async after({ db, temporal }, _, made) {
    await beginCycle({ client: await temporal(), cycle: await getCycle(db, made) });
    return made;
  },
} as const satisfies Operation<typeof input, typeof output>;

const atOf = (keys: readonly (string | number)[]): string => ['spec', ...keys].join('.');

/** What the spec brings, with nothing left that only a file could say. @throws InvalidInputError with every fault */
function inputsOf({ spec, rows, gold = {}, texts = {}, definitions = {} }: Input): SpecInputs {
  const faults: Fault[] = [];
  if (Object.keys(spec.prompts).length === 0)
    faults.push({ at: atOf(['prompts']), message: 'name at least one prompt to optimize' });
  const entry = typeof spec.dataset === 'string' ? { name: spec.dataset } : spec.dataset;
  const file = isPath(entry.name) || ('path' in entry && entry.path !== undefined);
  if (file && rows === undefined)
    faults.push({ at: atOf(['dataset']), message: 'is a file; give what it holds as `rows`' });
  for (const [prompt, path] of Object.entries(spec.prompts))
    if (path !== null && texts[prompt] === undefined)
      faults.push({
        at: atOf(['prompts', prompt]),
        message: 'is a file; give what it holds in `texts`, or null where it is registered',
      });
  const scorerOf = (given: Input['spec']['scorers'][number], at: string): ScorerInput => {
    const path = typeof given === 'string' && isPath(given) ? given : null;
    const held = path === null ? given : definitions[path];
    if (held === undefined)
      return refuse(at, `is a file; give what it holds in \`definitions\` under \`${path}\``);
    if (typeof held === 'string') return { kind: 'name', id: held, at };
    const definition = definitionOf(held, (keys) => [at, ...keys].join('.'));
    return { kind: 'definition', definition, at };
  };
  if (faults.length > 0) throw new InvalidInputError(faults, 'Nothing was imported.');
  return {
    dataset:
      rows === undefined
        ? { kind: 'name', name: entry.name }
        : {
            kind: 'rows',
            name: isPath(entry.name) ? nameOfFile(entry.name) : entry.name,
            examples: rows.map((row) => exampleOf(row)),
            gold,
          },
    judge: judgeOnly(scorerOf(spec.judge, atOf(['judge']))),
    scorers: spec.scorers.map((scorer, n) => scorerOf(scorer, atOf(['scorers', n]))),
    prompts: Object.fromEntries(
      Object.keys(spec.prompts).map((prompt) => [prompt, texts[prompt] ?? null]),
    ),
  };
}
