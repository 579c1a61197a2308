import type { Command } from 'commander';
import { type Act, verb } from '../cli.ts';
import { openingLink } from '../running/addresses.ts';

/** open: a link that signs a browser in to the console. */
export function addOpen(program: Command, act: Act): void {
  verb(
    program,
    'open',
    'print a link that signs a browser in to the console, once and within the hour',
  ).action(
    act<[object]>(async (cli) => {
      const link = openingLink(cli.connections.server());
      cli.print({ open: link }, () => link);
    }),
  );
}
