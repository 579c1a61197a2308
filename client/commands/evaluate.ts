import type { Command } from 'commander';
import type { Db } from '../../db/connect.ts';
import { evaluationName, evaluationRun, retryErrors } from '../../db/runs/evaluations.ts';
import { migrate } from '../../db/migrate.ts';
import { findRun, getRun, loadResults, type Run } from '../../db/runs/runs.ts';
import { abortOnSignals } from '../../stack/index.ts';
import { parseFilter } from '../../domain/trace/filter.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { addEvaluationViews } from './evaluation-views.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { NotFoundError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { checkWritable, writeText } from '../files/write.ts';
import { mustRun, readGates } from '../evaluate/gate-file.ts';
import { junitXml } from '../evaluate/junit.ts';
import { planEvaluation, scorersOf } from '../evaluate/request.ts';
import { type EvaluationResults, resultsOf } from '../evaluate/results.ts';
import { refuseWhileRunning, runEvaluation } from '../evaluate/run.ts';
import { planTraces } from '../evaluate/traces.ts';
import { limitOf, MOST_TRACES } from './dataset-traces.ts';
import { evaluationSections } from '../evaluate/sections.ts';
import { worstRows } from '../evaluate/worst-rows.ts';
import { collect } from '../options.ts';
import { sectionsPage } from '../report/page.ts';
import { sectionsText } from '../report/terminal.ts';
import { count } from '../terminal/figures.ts';
import { dim } from '../terminal/style.ts';

type Options = {
  dataset?: string;
  traces?: string;
  limit: string;
  agent?: string;
  prompt: string[];
  judge: string[];
  scorer: string[];
  gate?: string;
  name?: string;
  retryErrors?: boolean;
  unseal?: boolean;
  html?: string;
  junit?: string;
};

/** evaluate: one agent, or recorded outputs, on one dataset, under one or more judges. */
export function addEvaluate(program: Command, act: Act): void {
  const command = verb(
    program,
    'evaluate',
    'measure an agent, or recorded outputs, on a dataset; the same name goes on where it was',
  )
    .enablePositionalOptions()
    .option('--dataset <dataset>', 'name (the newest version) or name@2')
    .option('--traces <filter>', 'judge what these traces recorded: tag.eval = complete')
    .option('--limit <n>', 'with --traces: refuse when there are more', MOST_TRACES)
    .option(
      '--agent <agent>',
      'an agent of attune.config.ts; without one recorded outputs are judged',
    )
    .option('--prompt <prompt>', 'name@alias or name@3, for each prompt of the agent', collect, [])
    .option(
      '--judge <judge>',
      'name (of the project, or built in), name@2 or a YAML file; may be given several times',
      collect,
      [],
    )
    .option(
      '--scorer <scorer>',
      'as --judge, also for code and span scorers; may be given several times',
      collect,
      [],
    )
    .option('--gate <file>', 'gates such as `correctness >= 0.9`; a failed one ends with 3')
    .option('--name <name>', 'name of the evaluation; alone: go on with the one of this name')
    .option('--retry-errors', 'run again what failed, and nothing else')
    .option('--unseal', 'evaluate sealed rows too: no gate will use their conversations again')
    .option('--html <file>', 'write the results as a page of its own')
    .option('--junit <file>', 'write the results as JUnit XML')
    .action(act<[Options]>(evaluate));
  addEvaluationViews(command, act);
}

async function evaluate(cli: Cli, options: Options): Promise<ExitCode> {
  const gates = options.gate === undefined ? [] : readGates(options.gate);
  checkWritable(options.html, options.junit);
  const db = await cli.connections.database();
  await migrate(db);
  const asked = [...options.judge, ...options.scorer];
  if (gates.length > 0 && asked.length > 0) {
    const own = await scorersOf(db, { project: cli.connections.project, judges: asked });
    mustRun(
      gates,
      own.map(({ name }) => name),
    );
  }
  const run = await runOf(cli, db, options);
  mustRun(
    gates,
    run.scorers.map(({ name }) => name),
  );
  const at = { project: run.project, run: run.name };
  if (options.retryErrors === true) {
    await refuseWhileRunning(cli, run);
    const again = await retryErrors(db, at);
    cli.note(
      `${count(again.verdicts, 'verdict')} and ${count(again.rollouts, 'rollout')} are asked for again.`,
    );
  }
  const signals = abortOnSignals();
  try {
    const end = await runEvaluation(cli, await getRun(db, at), signals.signal);
    if (end === 'left') {
      cli.note(
        `It goes on without us. Come back with: npx attune evaluate --name ${evaluationName(run.name)}`,
      );
      return EXIT.cancelled;
    }
  } finally {
    signals.dispose();
  }
  const results = await resultsOf(db, await getRun(db, at), gates);
  await write(db, { run, results, options });
  cli.print(results, () => sectionsText(evaluationSections(results)));
  return exitOf(results);
}

/** @throws NotFoundError */
async function evaluationNamed(
  db: Db,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<Run> {
  const run = await findRun(db, { project, run: evaluationRun(name) });
  if (run !== null) return run;
  throw new NotFoundError(`evaluation \`${name}\``, '`npx attune evaluate list` shows them.');
}

/** The run that the options describe; of a name alone, the run that has it. */
async function runOf(cli: Cli, db: Db, options: Options): Promise<Run> {
  const { project } = cli.connections;
  const { dataset, agent, prompt, judge, scorer, name, unseal = false } = options;
  if (options.traces !== undefined) return tracesOf(cli, db, options, options.traces);
  if (dataset === undefined) {
    if (name !== undefined) return evaluationNamed(db, { project, name });
    throw new InvalidInputError([
      {
        at: '--dataset',
        message: 'is needed, or --traces, or --name to go on with an evaluation',
      },
    ]);
  }
  const planned = await planEvaluation(db, {
    project,
    dataset,
    ...(agent !== undefined && { agent }),
    prompts: prompt,
    judges: [...judge, ...scorer],
    ...(name !== undefined && { name }),
    unseal,
    who: cli.env.user,
  });
  if (planned.sealed > 0)
    cli.note(
      dim(
        `  note: ${count(planned.sealed, 'sealed row')} left out; --unseal opens them, for good and for every gate`,
      ),
    );
  return planned.run;
}

async function tracesOf(cli: Cli, db: Db, options: Options, text: string): Promise<Run> {
  const { dataset, agent, prompt, unseal, judge, scorer, name } = options;
  const alien = Object.entries({ dataset, agent, prompt: prompt[0], unseal }).find(
    ([, given]) => given !== undefined,
  );
  if (alien !== undefined)
    throw new InvalidInputError([
      { at: `--${alien[0]}`, message: 'does not go with --traces: nothing is run, no row is read' },
    ]);
  const { run, bare, sealed } = await planTraces(db, {
    project: cli.connections.project,
    text,
    filter: parseFilter(text, { now: Date.now() }),
    limit: limitOf(options.limit),
    judges: [...judge, ...scorer],
    ...(name !== undefined && { name }),
    salt: cli.env.ATTUNE_SPLIT_SALT,
  });
  if (bare > 0) cli.note(dim(`  note: ${count(bare, 'trace')} without outputs left out`));
  if (sealed > 0)
    cli.note(dim(`  note: ${count(sealed, 'trace')} of sealed conversations left out`));
  return run;
}

type Written = {
  readonly run: Run;
  readonly results: EvaluationResults;
  readonly options: Options;
};

async function write(db: Db, { run, results, options }: Written): Promise<void> {
  const { html, junit } = options;
  if (html !== undefined) {
    const sections = [...evaluationSections(results), ...(await worstRows(db, run))];
    writeText(html, sectionsPage(`Evaluation ${evaluationName(run.name)}`, sections));
  }
  if (junit === undefined) return;
  const entries = run.scorers.map(async ({ id, name }) => {
    const rows = await loadResults(db, { project: run.project, run: run.name, scorer: id });
    return [name, rows] as const;
  });
  writeText(junit, junitXml(results, Object.fromEntries(await Promise.all(entries))));
}

function exitOf({ gates }: EvaluationResults): ExitCode {
  if (gates.some(({ state }) => state === 'fail')) return EXIT.failed;
  return gates.some(({ state }) => state === 'unmeasurable') ? EXIT.unmeasurable : EXIT.done;
}
