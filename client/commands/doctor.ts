import type { Command } from 'commander';
import { diagnose, type Finding } from '../../stack/index.ts';
import { type Act, verb } from '../cli.ts';
import { EXIT } from '../exit.ts';
import { dim, green, red, yellow } from '../terminal/style.ts';

/** doctor: what is found, what is missing, how to mend it. Exit 1 when something stands in the way of a start. */
export function addDoctor(program: Command, act: Act): void {
  verb(
    program,
    'doctor',
    'look at everything a stack needs: what is found, what is missing, how to mend it',
  ).action(
    act<[object]>(async (cli) => {
      const findings = await diagnose(cli.env.all);
      cli.print(findings, () => findings.map(line).join('\n'));
      return findings.some(({ state }) => state === 'bad') ? EXIT.internal : EXIT.done;
    }),
  );
}

const MARK = { ok: green('ok  '), note: yellow('note'), bad: red('bad ') };

const line = ({ state, subject, found, remedy }: Finding): string =>
  `${MARK[state]}  ${subject.padEnd(12)} ${found}${remedy === undefined ? '' : `\n${' '.repeat(19)}${dim(remedy)}`}`;
