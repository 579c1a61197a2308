import type { Command } from 'commander';
import { type Cycle, listCycles } from '../../db/cycles/cycles.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import { abortOnSignals } from '../../stack/index.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { WorkFailedError } from '../errors.ts';
import { EXIT, type ExitCode, exitOfOutcome } from '../exit.ts';
import { type OptimizeFlags, readOptimizeSpec } from '../optimize/options.ts';
import { readSearch, searchAnswer, searchText } from '../optimize/result.ts';
import { ensureSearching, findSearch, searchIdOf, startSearch } from '../optimize/start.ts';
import { amount, whole } from '../options.ts';
import { watchSearch } from '../optimize/watch.ts';
import { table } from '../terminal/table.ts';

type Flags = OptimizeFlags & {
  readonly resume?: string;
  readonly list?: boolean;
  readonly detach?: boolean;
  readonly register?: boolean;
};

/** optimize: a search for better prompts without a cycle around it. */
export function addOptimize(program: Command, act: Act): void {
  verb(program, 'optimize [spec]', 'look for better prompts: GEPA on train and validation, no gate')
    .option('--dataset <name>', 'a dataset, or a .jsonl or .csv file to import')
    .option('--agent <name>', 'the agent, as declared in attune.config.ts')
    .option('--prompt <reference...>', 'the prompts to tune together, as name or name@alias')
    .option(
      '--judge <name[@version]>',
      'what a candidate is measured by: a judge or any scorer, by name or file',
    )
    .option('--scorer <name...>', 'further scorers, by name or file')
    .option('--name <name>', 'name of the search (default: the agent and -search)')
    .option('--budget <rollouts>', 'rollouts it may use (default: 20 a validation example)', whole)
    .option('--usd <amount>', 'money it may spend', amount)
    .option('--seed <n>', 'seed of its draws', whole)
    .option('--minibatch <n>', 'training examples a proposal is tested on', whole)
    .option(
      '--parents <n>',
      'parents of one iteration (default: by the share of proposals accepted)',
      whole,
    )
    .option('--mutations <n>', 'proposals a parent', whole)
    .option('--merge', 'also merge candidates')
    .option('--speculate', 'begin the next iteration early: faster, somewhat worse')
    .option('--frontier <type>', 'instance, objective, hybrid or cartesian')
    .option('--objective <scorer...>', 'scorers that are objectives')
    .option('--warm-from <name/n>', 'try the best candidates of an earlier search first')
    .option('--resume <name[/n]>', 'come back to a search; one that was cut off goes on')
    .option('--list', 'all searches, newest first')
    .option('--detach', 'start it and leave')
    .option('--register', 'register the finalist as versions of its prompts (no alias is moved)')
    .action(
      act<[string | undefined, Flags]>(async (cli, path, flags) => {
        if (flags.list === true) return list(cli);
        // From here on Ctrl-C leaves the search, and never cuts its start in two.
        const signals = abortOnSignals();
        try {
          return await run({ cli, path, flags, signal: signals.signal });
        } finally {
          signals.dispose();
        }
      }),
    );
}

type Run = {
  readonly cli: Cli;
  readonly path: string | undefined;
  readonly flags: Flags;
  readonly signal: AbortSignal;
};

async function run({ cli, path, flags, signal }: Run): Promise<ExitCode> {
  const search =
    flags.resume === undefined
      ? await startSearch(cli, readOptimizeSpec(path, flags))
      : await resume(cli, flags.resume);
  if (flags.detach !== true) return follow({ cli, search, flags, signal });
  cli.print(
    { id: searchIdOf(search) },
    () => `Come back with: npx attune optimize --resume ${search.key}`,
  );
  return EXIT.done;
}

async function resume(cli: Cli, reference: string): Promise<Cycle> {
  const search = await findSearch(cli, reference);
  if (search.state !== 'ended') await ensureSearching(await cli.connections.temporal(), search);
  return search;
}

type Following = Pick<Run, 'cli' | 'flags' | 'signal'> & { readonly search: Cycle };

async function follow({ cli, search, flags, signal }: Following): Promise<ExitCode> {
  const watched =
    search.state !== 'ended' ? await watchSearch(cli, search, signal) : { kind: 'ended' as const };
  if (watched.kind === 'left') {
    const back = `npx attune optimize --resume ${search.key}`;
    cli.note(`The search goes on without us. Come back with: ${back}`);
    return EXIT.cancelled;
  }
  if (watched.kind === 'failed') throw new WorkFailedError(searchIdOf(search), watched);
  return conclude(cli, search, flags.register === true);
}

async function conclude(cli: Cli, at: Cycle, register: boolean): Promise<ExitCode> {
  const db = await cli.connections.database();
  const state = await readSearch(db, at);
  const { outcome: known, optimizeReport, note } = state.search;
  if (known === null && optimizeReport === null)
    throw new InvalidInputError([{ at: searchIdOf(at), message: note ?? 'it has no result' }]);
  const answer = await searchAnswer(db, state);
  const registered =
    register && answer.texts !== null ? await registerFinalist(cli, at, answer.texts) : null;
  cli.print({ ...answer, registered }, () => searchText(state));
  for (const [name, number] of Object.entries(registered ?? {}))
    cli.note(`Registered ${name}@${number}; no alias was moved.`);
  const { outcome } = state.search;
  return outcome === null ? EXIT.done : exitOfOutcome(outcome);
}

/** Versions of the finalist's texts, by prompt; a text that is registered already keeps its number. */
async function registerFinalist(
  cli: Cli,
  { project, key, incumbent, models }: Cycle,
  texts: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, number>>> {
  const db = await cli.connections.database();
  const numbers: Record<string, number> = {};
  for (const [name, text] of Object.entries(texts)) {
    const { version } = await registerPrompt(db, {
      project,
      name,
      text,
      message: `finalist of the search ${key}, not gated`,
      parent: incumbent[name]!,
      cycle: key,
      ...(models !== null && { models }),
    });
    numbers[name] = version.number;
  }
  return numbers;
}

async function list(cli: Cli): Promise<void> {
  const { project } = cli.connections;
  const db = await cli.connections.database();
  const searches = await listCycles(db, { project, kind: 'optimize' });
  const rows = searches.map((search) => ({
    key: search.key,
    createdAt: search.createdAt,
    state: stateOf(search),
    rollouts: search.optimizeReport?.rollouts ?? null,
    note: search.note,
  }));
  cli.print(rows, () =>
    table(
      ['search', 'started', 'state', 'rollouts', 'note'],
      rows.map((row) => [
        row.key,
        row.createdAt,
        row.state,
        String(row.rollouts ?? '-'),
        row.note ?? '',
      ]),
    ),
  );
}

function stateOf({ state, phase, outcome, optimizeReport }: Cycle): string {
  if (state === 'failed') return state;
  if (state === 'running') return phase ?? 'starting';
  return outcome ?? (optimizeReport === null ? 'refused' : 'finalist');
}
