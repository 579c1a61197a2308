import { FAILURES } from '../../contracts/failure.ts';
import type { Cli } from '../cli.ts';
import { EXIT, type ExitCode, exitOfOutcome } from '../exit.ts';
import { reportText } from '../report/terminal.ts';
import { readReport } from './read-report.ts';
import { type CycleName, workflowIdOf } from '../../operations/cycle/reference.ts';
import type { Watched } from './watch.ts';

/** Prints the report of a cycle; the exit code is its outcome's. @throws NotFoundError while there is none */
export async function printReport(cli: Cli, name: CycleName): Promise<ExitCode> {
  const report = await readReport(cli, name);
  cli.print(report, () => reportText(report));
  return report.outcome === null ? EXIT.done : exitOfOutcome(report.outcome);
}

export type Unfinished = {
  readonly name: CycleName;
  readonly watched: Exclude<Watched, { readonly kind: 'ended' }>;
  /** What becomes of the cycle when nobody watches. */
  readonly left?: string;
};

/** Tells how a watch that saw no result ended. */
export function exitOfWatched(cli: Cli, { name, watched, left }: Unfinished): ExitCode {
  const id = workflowIdOf(name);
  if (watched.kind === 'left') {
    cli.note(left ?? `The cycle goes on without us. Come back with: npx attune cycle watch ${id}`);
    return EXIT.cancelled;
  }
  process.stderr.write(`attune: ${id} failed (${watched.type}): ${watched.message}\n`);
  return FAILURES[watched.failure].exit;
}
