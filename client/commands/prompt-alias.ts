import { claimed } from '../../domain/people/claimed.ts';
import type { Command } from 'commander';
import type { AliasMove } from '../../contracts/prompt.ts';
import { refuse } from '../../contracts/invalid-input.ts';
import { moveAlias } from '../../operations/prompt/alias.ts';
import { showHistory } from '../../operations/prompt/history.ts';
import { rollbackAlias } from '../../operations/prompt/rollback.ts';
import type { Act } from '../cli.ts';
import { inputOf, operate, operateAll, verbOf } from '../operate.ts';
import { visible, yellow } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

type Why = { why: string; otherVariables?: boolean };
type Aliased = { alias: string };

/** prompt alias, history, rollback: a move by hand is marked as an override for ever. */
export function addAliases(prompt: Command, act: Act): void {
  verbOf(prompt, moveAlias, { words: '<prompt> <alias> <version>' }).action(
    act<[string, string, string, Why]>(async (cli, name, alias, version, given) => {
      const at = { prompt: name, alias, version: numberOf(version) };
      const move = await operate(cli, moveAlias, { ...at, ...inputOf(given) });
      cli.print(move, () => moved(move));
    }),
  );

  verbOf(prompt, showHistory, { words: '<prompt>' }).action(
    act<[string, Aliased]>(async (cli, name, { alias }) => {
      const moves = await operateAll<AliasMove>(cli, showHistory, { prompt: name, alias });
      cli.print(moves, () =>
        moves.length === 0 ? `${name}@${alias} was never set.` : historyTable(moves),
      );
    }),
  );

  verbOf(prompt, rollbackAlias, { words: '<prompt>' }).action(
    act<[string, Aliased & Why]>(async (cli, name, given) => {
      const move = await operate(cli, rollbackAlias, { prompt: name, ...inputOf(given) });
      cli.print(move, () => moved(move));
    }),
  );
}

/** @throws InvalidInputError */
function numberOf(version: string): number {
  if (/^[1-9]\d*$/.test(version)) return Number(version);
  return refuse('version', `\`${version}\` is not the number of a version, such as 3`);
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
      visible(claimed(move.who)),
      move.cycle ?? '-',
      visible(move.why),
    ]),
  );
