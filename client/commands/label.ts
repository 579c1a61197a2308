import type { Command } from 'commander';
import type { Label, LabelLine } from '../../contracts/label.ts';
import { labelLine } from '../../contracts/label.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { LabelError } from '../../db/errors.ts';
import { listLabels, recordLabels } from '../../db/labels/labels.ts';
import { getSession, listSessions, type SessionSummary } from '../../db/labels/sessions.ts';
import { answerFault } from '../../domain/label/answer-fault.ts';
import { currentLabels } from '../../domain/label/consensus.ts';
import { type Act, type Cli, noun, verb } from '../cli.ts';
import { NotFoundError } from '../errors.ts';
import { readJsonLines } from '../files/json-lines.ts';
import { count } from '../terminal/figures.ts';
import { visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { addAgreement } from './label-agreement.ts';
import { addCreate } from './label-create.ts';
import { addLinks } from './label-links.ts';

type Selecting = { session?: string; all?: boolean };

/** label create, links, import, export, agreement, list, show, close. */
export function addLabel(program: Command, act: Act): void {
  const label = noun(
    program,
    'label',
    "people's assessments of outputs, and the sessions that ask for them",
  );

  verb(label, 'import <file>', 'record the labels of a JSONL file: all of them, or none').action(
    act<[string, object]>(importFile),
  );

  verb(label, 'export', 'labels as JSONL, as import reads them: the last of each rater and output')
    .option('--session <id>', 'of one label session')
    .option('--all', 'superseded ones too')
    .action(
      act<[Selecting]>(async (cli, { session, all }) => {
        const labels = await select(cli, session);
        const given =
          all === true ? labels.filter(({ withdrawn }) => !withdrawn) : currentLabels(labels);
        const lines = given.map(lineOf);
        cli.print(lines, () => lines.map((line) => JSON.stringify(line)).join('\n'));
      }),
    );

  addAgreement(label, act);
  addCreate(label, act);
  addLinks(label, act);

  verb(label, 'list', 'label sessions: how many labels each has, and wants').action(
    act<[object]>(async (cli) => {
      const sessions = await listSessions(await cli.connections.database(), {
        project: cli.connections.project,
      });
      cli.print(sessions, () => sessionTable(sessions));
    }),
  );

  verb(label, 'show <session>', 'the labels of a session, the last of each rater').action(
    act<[string, object]>(async (cli, id) => {
      const { project } = cli.connections;
      const db = await cli.connections.database();
      const [session] = await listSessions(db, { project, session: id });
      if (session === undefined)
        throw new NotFoundError(
          `the label session \`${id}\``,
          '`npx attune label list` shows them.',
        );
      const labels = currentLabels(await select(cli, id));
      cli.print(
        { ...session, given: labels },
        () => `${sessionTable([session])}\n\n${labelTable(labels)}`,
      );
    }),
  );
}

async function importFile(cli: Cli, file: string): Promise<void> {
  const rows = readJsonLines(file, labelLine);
  if (rows.length === 0) throw new InvalidInputError([{ at: file, message: 'holds no label' }]);
  const db = await cli.connections.database();
  const { project } = cli.connections;
  const lines = rows.map(({ value }) => value);
  const request = { project, lines, now: Date.now(), faultOf: answerFault, by: cli.env.user };
  const recorded = await recordLabels(db, request).catch((error: unknown) => {
    if (!(error instanceof LabelError)) throw error;
    throw new InvalidInputError(
      [{ at: `${file}:${rows[error.index]?.line ?? '?'}`, message: error.fault }],
      'No label of this file was recorded.',
    );
  });
  const tally = { created: 0, superseded: 0, unchanged: 0 };
  for (const { state } of recorded) tally[state] += 1;
  const late = recorded.filter((row) => row.label.late).length;
  cli.print(
    { ...tally, late },
    () =>
      `${count(recorded.length, 'label')}: ${tally.created} new, ${tally.superseded} superseded an earlier one, ` +
      `${tally.unchanged} were there already${late > 0 ? `; ${late} came late` : ''}.`,
  );
}

async function select(cli: Cli, session: string | undefined): Promise<readonly Label[]> {
  const { project } = cli.connections;
  const db = await cli.connections.database();
  if (session !== undefined) await getSession(db, { project, session });
  return listLabels(db, {
    project,
    ...(session !== undefined && { session }),
  });
}

const lineOf = (label: Label): LabelLine => ({
  trace_id: label.traceId,
  output_hash: label.outputHash,
  rater: label.rater,
  name: label.name,
  value: label.value,
  ...(label.rationale !== null && { rationale: label.rationale }),
  ...(label.extras !== null && { extras: { ...label.extras } }),
});

const sessionTable = (sessions: readonly SessionSummary[]): string =>
  table(
    ['session', 'state', 'judge', 'items', 'labels', 'target', 'deadline'],
    sessions.map((row) => [
      row.id,
      row.state,
      row.judgeVersion,
      String(row.items),
      String(row.labels),
      String(row.target),
      row.deadline ?? 'none',
    ]),
  );

const labelTable = (labels: readonly Label[]): string =>
  table(
    ['example', 'rater', 'value', 'rationale'],
    labels.map((row) => [
      row.example,
      visible(row.rater),
      String(row.value),
      visible(row.rationale ?? ''),
    ]),
  );
