import type { Command } from 'commander';
import type { PromptVersion } from '../../contracts/prompt.ts';
import {
  getPrompt,
  listPrompts,
  listPromptVersions,
  registerPrompt,
} from '../../db/versions/prompts.ts';
import { lineDiff } from '../../domain/line-diff.ts';
import { type Act, noun, verb } from '../cli.ts';
import { NotFoundError } from '../errors.ts';
import { readPrompt } from '../import/prompt.ts';
import { colouredLine } from '../report/terminal.ts';
import { bold, dim, visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { addAliases } from './prompt-alias.ts';

/** prompt register, list, show, diff; alias, history, rollback. */
export function addPrompt(program: Command, act: Act): void {
  const prompt = noun(program, 'prompt', 'named texts in immutable versions, with movable aliases');

  verb(prompt, 'register <name> <file>', 'make a version of a prompt from a text file')
    .option('--message <text>', 'what the version is about')
    .action(
      act<[string, string, { message?: string }]>(async (cli, name, file, { message }) => {
        const text = readPrompt(name, file);
        const { project } = cli.connections;
        const db = await cli.connections.database();
        const made = await registerPrompt(db, {
          project,
          name,
          text,
          ...(message !== undefined && { message }),
        });
        cli.print(
          { ...made.version, created: made.created },
          () =>
            `${idOf(made.version)} ${made.created ? 'registered' : 'is there already, word for word'}.`,
        );
      }),
    );

  verb(prompt, 'list [name]', 'all prompts, or the versions of one').action(
    act<[string | undefined, object]>(async (cli, name) => {
      const db = await cli.connections.database();
      const { project } = cli.connections;
      if (name !== undefined) {
        const versions = await listPromptVersions(db, { project, name });
        if (versions.length === 0)
          throw new NotFoundError(`prompt \`${name}\``, '`npx attune prompt list` shows them.');
        return cli.print(versions, () => versionTable(versions));
      }
      const prompts = await listPrompts(db, project);
      return cli.print(prompts, () =>
        table(
          ['prompt', 'versions', 'aliases'],
          prompts.map((row) => [row.name, String(row.versions), aliasText(row.aliases)]),
        ),
      );
    }),
  );

  verb(prompt, 'show <prompt>', 'the text of name, name@version or name@alias').action(
    act<[string, object]>(async (cli, reference) => {
      const { project } = cli.connections;
      const version = await getPrompt(await cli.connections.database(), { project, reference });
      cli.print(
        version,
        () =>
          `${bold(idOf(version))}  ${dim(version.createdAt)}${originOf(version)}\n${visible(version.text)}`,
      );
    }),
  );

  verb(prompt, 'diff <a> <b>', 'what changed from one version to another').action(
    act<[string, string, object]>(async (cli, a, b) => {
      const db = await cli.connections.database();
      const { project } = cli.connections;
      const [from, to] = [
        await getPrompt(db, { project, reference: a }),
        await getPrompt(db, { project, reference: b }),
      ];
      const diff = lineDiff(from.text, to.text);
      cli.print({ from: idOf(from), to: idOf(to), diff }, () =>
        diff === '' ? 'No difference.' : visible(diff).split('\n').map(colouredLine).join('\n'),
      );
    }),
  );

  addAliases(prompt, act);
}

const idOf = ({ name, number }: PromptVersion): string => `${name}@${number}`;

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
