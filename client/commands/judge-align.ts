import { type Command, Option } from 'commander';
import { type Cycle, listCycles } from '../../db/cycles/cycles.ts';
import { abortOnSignals } from '../../stack/index.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { WorkFailedError } from '../errors.ts';
import { EXIT, type ExitCode, exitOfOutcome } from '../exit.ts';
import { alignmentAnswer, alignmentSections } from '../judge/result.ts';
import type { AlignFlags } from '../judge/register.ts';
import { alignmentIdOf, ensureAligning, findAlignment, startAlignment } from '../judge/start.ts';
import { watchAlignment } from '../judge/watch.ts';
import { amount, whole } from '../options.ts';
import { sectionsText } from '../report/terminal.ts';
import { table } from '../terminal/table.ts';

type Flags = AlignFlags & {
  readonly resume?: string;
  readonly list?: boolean;
  readonly detach?: boolean;
};

/** judge align: alignment without a cycle around it. */
export function addJudgeAlign(judge: Command, act: Act): void {
  verb(
    judge,
    'align [judge]',
    'teach a judge what labels say, and measure it on labels it never saw',
  )
    .option('--labels <file>', 'a labels file, which is not recorded (default: the stored labels)')
    .option('--dataset <dataset>', 'name or name@2: where the labelled rows are taken from')
    .addOption(
      new Option(
        '--aligner <name>',
        'memory of guidelines and past cases, or new instructions',
      ).choices(['memalign', 'gepa']),
    )
    .option('--guidelines <n>', 'most guidelines (default: 20)', whole)
    .option('--shown <n>', 'past cases shown with a verdict (default: 5)', whole)
    .option('--budget <verdicts>', 'of gepa: verdicts it may use', whole)
    .option('--seed <n>', 'of gepa: seed of its draws', whole)
    .option('--usd <amount>', 'money it may spend (default: 2)', amount)
    .option('--resume <judge[/n]>', 'come back to an alignment; one that was cut off goes on')
    .option('--list', 'all alignments, newest first')
    .option('--detach', 'start it and leave')
    .action(act<[string | undefined, Flags]>(run));
}

async function run(cli: Cli, judge: string | undefined, flags: Flags): Promise<ExitCode> {
  if (flags.list === true) return list(cli);
  // From here on Ctrl-C leaves the alignment, and never cuts its start in two.
  const signals = abortOnSignals();
  try {
    const alignment = await alignmentOf(cli, judge, flags);
    if (flags.detach !== true) return await follow(cli, alignment, signals.signal);
    const back = `npx attune judge align --resume ${alignment.key}`;
    cli.print({ id: alignmentIdOf(alignment) }, () => `Come back with: ${back}`);
    return EXIT.done;
  } finally {
    signals.dispose();
  }
}

async function alignmentOf(cli: Cli, judge: string | undefined, flags: Flags): Promise<Cycle> {
  if (flags.resume !== undefined) {
    const found = await findAlignment(cli, flags.resume);
    if (found.state !== 'ended') await ensureAligning(await cli.connections.temporal(), found);
    return found;
  }
  if (judge !== undefined) return startAlignment(cli, judge, flags);
  throw new InvalidInputError([
    { at: 'judge', message: 'name the judge to align, or --resume an alignment' },
  ]);
}

async function follow(cli: Cli, alignment: Cycle, signal: AbortSignal): Promise<ExitCode> {
  const watched =
    alignment.state !== 'ended'
      ? await watchAlignment(cli, alignment, signal)
      : { kind: 'ended' as const };
  if (watched.kind === 'left') {
    const back = `npx attune judge align --resume ${alignment.key}`;
    cli.note(`The alignment goes on without us. Come back with: ${back}`);
    return EXIT.cancelled;
  }
  const answer = await alignmentAnswer(await cli.connections.database(), alignment);
  if (watched.kind === 'failed' && answer.outcome === null)
    throw new WorkFailedError(alignmentIdOf(alignment), watched);
  cli.print(answer, () => sectionsText(alignmentSections(answer)));
  return answer.outcome === null ? EXIT.done : exitOfOutcome(answer.outcome);
}

async function list(cli: Cli): Promise<ExitCode> {
  const { project } = cli.connections;
  const found = await listCycles(await cli.connections.database(), { project, kind: 'align' });
  const rows = found.map(({ key, createdAt, state, outcome, judge, judgeReport, note }) => ({
    key,
    createdAt,
    state: state === 'ended' ? (outcome ?? 'adopted') : state,
    judge,
    outcome: judgeReport?.alignment?.outcome ?? null,
    note,
  }));
  cli.print(rows, () =>
    table(
      ['alignment', 'started', 'state', 'judge', 'note'],
      rows.map((row) => [row.key, row.createdAt, row.state, row.judge, row.note ?? '']),
    ),
  );
  return EXIT.done;
}
