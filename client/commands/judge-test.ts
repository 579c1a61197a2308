import type { Command } from 'commander';
import { migrate } from '../../db/migrate.ts';
import { abortOnSignals } from '../../stack/index.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { runEvaluation } from '../evaluate/run.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { planTest, testResult } from '../judge/test.ts';
import { testSections } from '../judge/test-sections.ts';
import { sectionsText } from '../report/terminal.ts';

type Flags = { labels?: string; against?: string; dataset?: string };

/** judge test: agreement of a judge with people, on any labels. */
export function addJudgeTest(judge: Command, act: Act): void {
  verb(
    judge,
    'test <judge>',
    'how far a judge agrees with people, on labels it has not learned from',
  )
    .option('--labels <file>', 'a labels file, which is not recorded (default: the stored labels)')
    .option(
      '--against <judge>',
      'another version, compared on the same items (default: the bare one)',
    )
    .option('--dataset <dataset>', 'name or name@2: where the labelled rows are taken from')
    .action(act<[string, Flags]>(test));
}

async function test(cli: Cli, id: string, flags: Flags): Promise<ExitCode> {
  const db = await cli.connections.database();
  await migrate(db);
  const { project } = cli.connections;
  const planned = await planTest(db, { project, judge: id, ...flags });
  const signals = abortOnSignals();
  try {
    const end = await runEvaluation(cli, planned.run, signals.signal);
    if (end === 'left') {
      cli.note('It goes on without us. The same command comes back to it.');
      return EXIT.cancelled;
    }
  } finally {
    signals.dispose();
  }
  const result = await testResult(db, planned);
  cli.print(result, () => sectionsText(testSections(result)));
  return result.agreement.n === 0 ? EXIT.unmeasurable : EXIT.done;
}
