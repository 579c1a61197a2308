import type { Command } from 'commander';
import type { JudgeVersion } from '../../contracts/scorer.ts';
import { createJudgeVersion, getJudge, listJudges } from '../../db/versions/judges.ts';
import { type Act, noun, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { readJudgeEntry } from '../import/scorer.ts';
import { count } from '../terminal/figures.ts';
import { addJudgeAlign } from './judge-align.ts';
import { addJudgeBuiltin } from './judge-builtin.ts';
import { addJudgeDiff } from './judge-diff.ts';
import { addJudgeTest } from './judge-test.ts';
import { addJudgeUnalign } from './judge-unalign.ts';
import { bold, visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** judge create, list, show, builtin, test, align, unalign, diff. */
export function addJudge(program: Command, act: Act): void {
  const judge = noun(
    program,
    'judge',
    'named instructions with a typed value, in immutable versions',
  );

  verb(
    judge,
    'create <file>',
    'make a version of the judge, guidelines or built-in judge that a YAML or JSON file describes',
  ).action(
    act<[string, object]>(async (cli, file) => {
      const input = readJudgeEntry(file, { folder: process.cwd(), at: () => file });
      if (input.kind === 'name')
        throw new InvalidInputError([{ at: file, message: 'is no file (.yaml or .json)' }]);
      const { definition } = input;
      const db = await cli.connections.database();
      const { project } = cli.connections;
      const made = await createJudgeVersion(db, { project, definition, memory: null });
      cli.print(
        { ...summary(made.version), created: made.created },
        () => `${made.version.id} ${made.created ? 'created' : 'is there already, word for word'}.`,
      );
    }),
  );

  verb(judge, 'list', 'all judges and their versions').action(
    act<[object]>(async (cli) => {
      const judges = await listJudges(await cli.connections.database(), {
        project: cli.connections.project,
      });
      cli.print(judges.map(summary), () =>
        table(
          ['judge', 'value', 'memory'],
          judges.map((version) => [version.id, version.definition.value.type, memoryText(version)]),
        ),
      );
    }),
  );

  verb(
    judge,
    'show <judge>',
    'one judge (newest version) or version (name@2), with its memory',
  ).action(
    act<[string, object]>(async (cli, id) => {
      const version = await getJudge(await cli.connections.database(), {
        project: cli.connections.project,
        id,
      });
      cli.print(withoutVectors(version), () => shown(version));
    }),
  );

  addJudgeBuiltin(judge, act);
  addJudgeTest(judge, act);
  addJudgeAlign(judge, act);
  addJudgeUnalign(judge, act);
  addJudgeDiff(judge, act);
}

const summary = (version: JudgeVersion) => ({
  id: version.id,
  name: version.name,
  number: version.number,
  hash: version.hash,
  guidelines: version.memory?.guidelines.length ?? 0,
  snapshots: version.memory?.snapshots.length ?? 0,
});

const memoryText = ({ memory }: JudgeVersion): string =>
  memory === null
    ? 'none'
    : `${count(memory.guidelines.length, 'guideline')}, ${count(memory.snapshots.length, 'example')}`;

// Vectors are long and say nothing to a reader.
function withoutVectors({ memory, ...rest }: JudgeVersion) {
  if (memory === null) return { ...rest, memory };
  const { vectors: _vectors, ...readable } = memory;
  return { ...rest, memory: readable };
}

function shown(version: JudgeVersion): string {
  const rules = version.memory?.guidelines.map((rule) => `- ${visible(rule.text)}`) ?? [];
  return [
    `${bold(version.id)}  ${version.hash.slice(0, 12)}  ${JSON.stringify(version.definition.value)}`,
    visible(version.definition.instructions.trimEnd()),
    ...(rules.length > 0 ? ['', `Memory: ${memoryText(version)}`, ...rules] : []),
  ].join('\n');
}
