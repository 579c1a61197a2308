import type { Command } from 'commander';
import type { PromptVersion } from '../../contracts/prompt.ts';
import type { OutputOf } from '../../operations/operation.ts';
import { diffPrompts } from '../../operations/prompt/diff.ts';
import { listPrompts } from '../../operations/prompt/list.ts';
import { registerPrompt } from '../../operations/prompt/register.ts';
import { showPrompt } from '../../operations/prompt/show.ts';
import { listVersions } from '../../operations/prompt/versions.ts';
import { type Act, noun } from '../cli.ts';
import { readPrompt } from '../import/prompt.ts';
import { operate, operateAll, verbOf } from '../operate.ts';
import { colouredLine } from '../report/terminal.ts';
import { bold, dim, visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { addAliases } from './prompt-alias.ts';

type Prompt = OutputOf<typeof listPrompts>['items'][number];

/** prompt register, list, show, diff; alias, history, rollback. */
export function addPrompt(program: Command, act: Act): void {
  const prompt = noun(program, 'prompt', 'named texts in immutable versions, with movable aliases');

  verbOf(prompt, registerPrompt, { words: '<name> <file>', without: ['text'] }).action(
    act<[string, string, { message?: string }]>(async (cli, name, file, { message }) => {
      const text = readPrompt(name, file);
      const made = await operate(cli, registerPrompt, { name, text, message });
      cli.print(
        made,
        () => `${idOf(made)} ${made.created ? 'registered' : 'is there already, word for word'}.`,
      );
    }),
  );

  verbOf(prompt, listPrompts, { words: '[name]' })
    .summary('all prompts, or the versions of one')
    .action(
      act<[string | undefined, object]>(async (cli, name) => {
        if (name !== undefined) {
          const versions = await operateAll<PromptVersion>(cli, listVersions, { name });
          return cli.print(versions, () => versionTable(versions));
        }
        const prompts = await operateAll<Prompt>(cli, listPrompts);
        return cli.print(prompts, () =>
          table(
            ['prompt', 'versions', 'aliases'],
            prompts.map((row) => [row.name, String(row.versions), aliasText(row.aliases)]),
          ),
        );
      }),
    );

  verbOf(prompt, showPrompt, { words: '<prompt>' }).action(
    act<[string, object]>(async (cli, reference) => {
      const version = await operate(cli, showPrompt, { prompt: reference });
      cli.print(
        version,
        () =>
          `${bold(idOf(version))}  ${dim(version.createdAt)}${originOf(version)}\n${visible(version.text)}`,
      );
    }),
  );

  verbOf(prompt, diffPrompts, { words: '<from> <to>' }).action(
    act<[string, string, object]>(async (cli, from, to) => {
      const answer = await operate(cli, diffPrompts, { from, to });
      cli.print(answer, () =>
        answer.diff === ''
          ? 'No difference.'
          : visible(answer.diff).split('\n').map(colouredLine).join('\n'),
      );
    }),
  );

  addAliases(prompt, act);
}

const idOf = ({ name, number }: Pick<PromptVersion, 'name' | 'number'>): string =>
  `${name}@${number}`;

function originOf({ parent, cycle, models, message }: PromptVersion): string {
  const told = [
    ...(message === null ? [] : [visible(message)]),
    ...(parent === null ? [] : [`from version ${parent}`]),
    ...(cycle === null ? [] : [`written by cycle ${cycle}`]),
    ...Object.entries(models ?? {}).map(([role, model]) => `${role} ${model}`),
  ];
  return told.length === 0 ? '' : `\n${dim(told.join(', '))}`;
}

const aliasText = (aliases: Readonly<Record<string, number>>): string =>
  Object.entries(aliases)
    .map(([alias, number]) => `${alias} -> ${number}`)
    .join(', ') || 'none';

const versionTable = (versions: readonly PromptVersion[]): string =>
  table(
    ['version', 'made', 'length', 'from', 'message'],
    versions.map((row) => [
      idOf(row),
      row.createdAt,
      `${row.text.length} chars`,
      [row.parent ?? '-', ...(row.cycle === null ? [] : [`by ${row.cycle}`])].join(' '),
      visible(row.message ?? ''),
    ]),
  );
