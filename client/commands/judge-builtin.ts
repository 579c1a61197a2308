import type { Command } from 'commander';
import { BUILTIN_JUDGES } from '../../domain/evaluate/builtin/index.ts';
import { variablesUsed } from '../../domain/evaluate/judge-fields.ts';
import { type Act, verb } from '../cli.ts';
import { NotFoundError } from '../errors.ts';
import { bold } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

/** judge builtin: the judges that come with Attune, or the definition of one. Needs no database. */
export function addJudgeBuiltin(judge: Command, act: Act): void {
  verb(
    judge,
    'builtin [name]',
    'the judges that come with Attune; with a name its definition',
  ).action(
    act<[string | undefined, object]>(async (cli, name) => {
      if (name === undefined) return cli.print(summaries(), () => table(HEADINGS, rows()));
      const found = Object.hasOwn(BUILTIN_JUDGES, name) ? BUILTIN_JUDGES[name] : undefined;
      if (found === undefined)
        throw new NotFoundError(
          `the built-in judge \`${name}\``,
          'see `npx attune judge builtin` for the list',
        );
      const { definition, about } = found;
      return cli.print(definition, () =>
        [
          `${bold(definition.name)}  ${JSON.stringify(definition.value)}`,
          about,
          '',
          definition.instructions,
        ].join('\n'),
      );
    }),
  );
}

const HEADINGS = ['judge', 'looks at', 'value', 'asks'];

const summaries = () =>
  Object.values(BUILTIN_JUDGES).map(({ definition, about, cases }) => ({
    name: definition.name,
    fields: variablesUsed(definition.instructions),
    value: definition.value.type,
    about,
    cases: cases.length,
  }));

const rows = () =>
  summaries().map(({ name, fields, value, about }) => [name, fields.join(', '), value, about]);
