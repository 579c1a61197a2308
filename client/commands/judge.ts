import { resolve } from 'node:path';
import type { Command } from 'commander';
import { refuse } from '../../contracts/invalid-input.ts';
import { judgeEntry } from '../../contracts/scorer-entry.ts';
import { createJudge } from '../../operations/judge/create.ts';
import { listJudges } from '../../operations/judge/list.ts';
import type { Summary } from '../../operations/judge/shapes.ts';
import { showJudge } from '../../operations/judge/show.ts';
import type { InputOf, OutputOf } from '../../operations/operation.ts';
import { isPath } from '../../operations/paths.ts';
import { type Act, noun } from '../cli.ts';
import { readDocument } from '../files/document.ts';
import { readJudgeEntry } from '../import/scorer.ts';
import { inputOf, operate, operateAll, verbOf } from '../operate.ts';
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

  verbOf(judge, createJudge, { words: '<file>', without: ['judge'] }).action(
    act<[string, object]>(async (cli, file) => {
      const made = await operate(cli, createJudge, { judge: readJudgeFile(file) });
      cli.print(
        made,
        () => `${made.id} ${made.created ? 'created' : 'is there already, word for word'}.`,
      );
    }),
  );

  verbOf(judge, listJudges).action(
    act<[object]>(async (cli, given) => {
      const judges = await operateAll<Summary>(cli, listJudges, inputOf(given));
      cli.print(judges, () =>
        table(
          ['judge', 'value', 'memory'],
          judges.map((row) => [row.id, row.value, memoryText(row)]),
        ),
      );
    }),
  );

  verbOf(judge, showJudge, { words: '<judge>' }).action(
    act<[string, object]>(async (cli, id) => {
      const version = await operate(cli, showJudge, { judge: id });
      cli.print(version, () => shown(version));
    }),
  );

  addJudgeBuiltin(judge, act);
  addJudgeTest(judge, act);
  addJudgeAlign(judge, act);
  addJudgeUnalign(judge, act);
  addJudgeDiff(judge, act);
}

type Version = OutputOf<typeof showJudge>;

const memoryText = ({
  guidelines,
  snapshots,
}: Pick<Summary, 'guidelines' | 'snapshots'>): string =>
  guidelines + snapshots === 0
    ? 'none'
    : `${count(guidelines, 'guideline')}, ${count(snapshots, 'example')}`;

function shown({ id, hash, definition, memory }: Version): string {
  const rules = memory?.guidelines.map((rule) => `- ${visible(rule.text)}`) ?? [];
  const sizes = { guidelines: rules.length, snapshots: memory?.snapshots.length ?? 0 };
  return [
    `${bold(id)}  ${hash.slice(0, 12)}  ${JSON.stringify(definition.value)}`,
    visible(definition.instructions.trimEnd()),
    ...(rules.length > 0 ? ['', `Memory: ${memoryText(sizes)}`, ...rules] : []),
  ].join('\n');
}

/** The judge that a file describes. @throws InvalidInputError with every fault and its line */
function readJudgeFile(file: string): InputOf<typeof createJudge>['judge'] {
  if (!isPath(file)) refuse(file, 'is no file (.yaml or .json)');
  // What the schema cannot see has its line in the file, too.
  readJudgeEntry(file, { folder: process.cwd(), at: () => file });
  return readDocument(resolve(file), judgeEntry).value;
}
