import type { Command } from 'commander';
import { writeAudit } from '../../db/audit.ts';
import { getJudge } from '../../db/versions/judges.ts';
import { createSession, endSession } from '../../db/labels/sessions.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import {
  chooseItems,
  type CreateOptions,
  deadlineOf,
  items as itemsOf,
  MINIMUM,
  minimumOf,
  questionsOf,
  wholeOf,
} from '../label/create.ts';
import { collect, newName } from '../options.ts';
import { count } from '../terminal/figures.ts';

/** label create and close: a session outside of cycles. */
export function addCreate(label: Command, act: Act): void {
  verb(label, 'create <name>', 'a session on outputs of an evaluation or of traces')
    .requiredOption(
      '--judge <judge>',
      'whose question people answer: a judge, or a version (name@2)',
    )
    .option('--evaluation <name>', 'the outputs of an evaluation')
    .option('--trace <id>', 'a trace; may be given again', collect, [])
    .option(
      '--policy <policy>',
      'all, failures-and-share, random, uncertain, diverse',
      'failures-and-share',
    )
    .option('--share <share>', 'of the passes, or of all items, from 0 to 1', '0.25')
    .option('--ids <a,b>', 'only these examples')
    .option('--where <tag=value>', 'only examples with this tag')
    .option('--raters <n>', 'labels wanted of each item', '2')
    .option('--minimum <n>', `items people must agree on (default ${MINIMUM}, or all)`)
    .option('--deadline <duration>', 'labels after it are late', '7d')
    .option(
      '--question <name=text>',
      'a further question; name:expectation=text for the right answer',
      collect,
      [],
    )
    .action(act<[string, CreateOptions]>(create));

  verb(label, 'close <session>', 'ends a session: labels that come later are late').action(
    act<[string, object]>(async (cli, session) => {
      const db = await cli.connections.database();
      const at = { project: cli.connections.project, session };
      await endSession(db, { ...at, who: cli.env.user });
      cli.print({ session, state: 'closed' }, () => `${session} is closed.`);
    }),
  );
}

async function create(cli: Cli, name: string, options: CreateOptions): Promise<void> {
  const { project } = cli.connections;
  const raters = wholeOf('--raters', options.raters);
  const deadline = deadlineOf(options.deadline);
  const questions = questionsOf(options.question);
  const session = newName('name', name);
  const db = await cli.connections.database();
  const judge = await getJudge(db, { project, id: options.judge });
  const chosen = await chooseItems(db, { project, session, options });
  const items = itemsOf(chosen);
  const made = await db.transaction().execute(async (tx) => {
    const opened = await createSession(tx, project, {
      id: session,
      round: 1,
      judgeVersion: judge.id,
      ratersPerItem: raters,
      minimum: minimumOf(options.minimum, items.length),
      target: items.length * raters,
      deadline,
      questions,
      datasetVersion: chosen.datasetVersion,
      policy: chosen.policy,
      items,
    });
    await writeAudit(tx, { project, who: cli.env.user, action: 'open', subject: session });
    return opened;
  });
  const weighted = items.every(({ weight }) => weight !== null);
  cli.print(
    { ...made, items: items.length, representative: weighted },
    () =>
      `${session} asks \`${judge.id}\` on ${count(items.length, 'item')}, ${raters} raters each, until ${deadline}.\n` +
      (weighted
        ? ''
        : 'Its figures are not those of all outputs: some had no chance to be chosen.\n') +
      `Links for raters: npx attune label links ${session} --rater NAME`,
  );
}
