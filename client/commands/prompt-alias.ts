import type { Command } from 'commander';
import { type AliasMove, aliasName } from '../../contracts/prompt.ts';
import { aliasHistory, moveAlias, rollbackAlias, standsAt } from '../../db/versions/aliases.ts';
import { getPrompt } from '../../db/versions/prompts.ts';
import { type Act, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { newName } from '../options.ts';
import { visible, yellow } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

type Why = { why: string };
/** The agent was changed, and fills other template variables. */
type Other = { otherVariables?: boolean };
type Aliased = { alias: string };

const OTHER = [
  '--other-variables',
  'the agent was changed and fills other template variables than where the alias stands',
] as const;

/** prompt alias, history, rollback: a move by hand is marked as an override for ever. */
export function addAliases(prompt: Command, act: Act): void {
  verb(
    prompt,
    'alias <prompt> <alias> <version>',
    'point an alias at a version by hand: marked as an override',
  )
    .requiredOption('--why <text>', 'the reason, kept in the history')
    .option(...OTHER)
    .action(
      act<[string, string, string, Why & Other]>(async (cli, name, alias, version, given) => {
        const db = await cli.connections.database();
        const { project } = cli.connections;
        const to = numberOf(version);
        newName('alias', alias, aliasName);
        await getPrompt(db, { project, reference: `${name}@${to}` });
        const at = { project, prompt: name, alias };
        const expected = await standsAt(db, at);
        const who = cli.env.user;
        const move = await moveAlias(db, { ...at, expected, to, who, ...moving(given) });
        cli.print(move, () => moved(move));
      }),
    );

  verb(prompt, 'history <prompt>', 'every move of an alias: who, when, why, and what it rested on')
    .option('--alias <name>', 'the alias', 'production')
    .action(
      act<[string, Aliased]>(async (cli, name, { alias }) => {
        const db = await cli.connections.database();
        const { project } = cli.connections;
        await getPrompt(db, { project, reference: name });
        const moves = await aliasHistory(db, { project, prompt: name, alias });
        cli.print(moves, () =>
          moves.length === 0 ? `${name}@${alias} was never set.` : historyTable(moves),
        );
      }),
    );

  verb(prompt, 'rollback <prompt>', 'return an alias to the version before')
    .option('--alias <name>', 'the alias', 'production')
    .requiredOption('--why <text>', 'the reason, kept in the history')
    .option(...OTHER)
    .action(
      act<[string, Aliased & Why & Other]>(async (cli, name, { alias, ...given }) => {
        const db = await cli.connections.database();
        const { project } = cli.connections;
        const move = await rollbackAlias(db, {
          project,
          prompt: name,
          alias,
          who: cli.env.user,
          ...moving(given),
        });
        cli.print(move, () => moved(move));
      }),
    );
}

const moving = ({ why, otherVariables = false }: Why & Other) => ({ why, otherVariables });

function numberOf(version: string): number {
  if (/^[1-9]\d*$/.test(version)) return Number(version);
  throw new InvalidInputError([
    { at: 'version', message: `\`${version}\` is not the number of a version, such as 3` },
  ]);
}

const moved = (move: AliasMove): string =>
  `${move.prompt}@${move.alias}: ${move.from ?? 'nothing'} -> ${move.to}${mark(move)}`;

function mark({ override, rollback }: AliasMove): string {
  if (rollback) return ' (rollback)';
  return override ? yellow(' (override)') : '';
}

const historyTable = (moves: readonly AliasMove[]): string =>
  table(
    ['when', 'move', 'who', 'cycle', 'why'],
    moves.map((move) => [
      move.at,
      `${move.from ?? '-'} -> ${move.to}${mark(move)}`,
      visible(move.who),
      move.cycle ?? '-',
      visible(move.why),
    ]),
  );
