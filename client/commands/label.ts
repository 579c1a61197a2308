import type { Command } from 'commander';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { labelLine, type LabelLine } from '../../contracts/label.ts';
import type { ItemView } from '../../contracts/session-view.ts';
import { LabelError } from '../../db/errors.ts';
import { adjudicate } from '../../operations/label/adjudicate.ts';
import { exportLabels } from '../../operations/label/export.ts';
import { listItems } from '../../operations/label/items.ts';
import { listSessions } from '../../operations/label/list.ts';
import { importLabels } from '../../operations/label/record.ts';
import { showSession } from '../../operations/label/show.ts';
import type { OutputOf } from '../../operations/operation.ts';
import { type Act, type Cli, noun } from '../cli.ts';
import { readJsonLines } from '../files/json-lines.ts';
import { inputOf, operate, operateAll, verbOf } from '../operate.ts';
import { count } from '../terminal/figures.ts';
import { visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import { addAgreement } from './label-agreement.ts';
import { addCreate } from './label-create.ts';
import { addLinks } from './label-links.ts';

type Session = OutputOf<typeof listSessions>['items'][number];
type Given = OutputOf<typeof showSession>['given'][number];
type Selecting = { session?: string; all?: boolean };

/** label create, links, import, export, agreement, list, items, show, adjudicate, close. */
export function addLabel(program: Command, act: Act): void {
  const label = noun(
    program,
    'label',
    "people's assessments of outputs, and the sessions that ask for them",
  );

  verbOf(label, importLabels, { words: '<file>', without: ['labels'] }).action(
    act<[string, object]>(importFile),
  );

  verbOf(label, exportLabels).action(
    act<[Selecting]>(async (cli, given) => {
      const lines = await operateAll<LabelLine>(cli, exportLabels, inputOf(given));
      cli.print(lines, () => lines.map((line) => JSON.stringify(line)).join('\n'));
    }),
  );

  addAgreement(label, act);
  addCreate(label, act);
  addLinks(label, act);

  verbOf(label, listSessions).action(
    act<[object]>(async (cli, given) => {
      const sessions = await operateAll<Session>(cli, listSessions, inputOf(given));
      cli.print(sessions, () => sessionTable(sessions));
    }),
  );

  verbOf(label, listItems, { words: '<session>' }).action(
    act<[string, object]>(async (cli, session, given) => {
      const items = await operateAll<ItemView>(cli, listItems, { session, ...inputOf(given) });
      cli.print(items, () =>
        table(
          ['item', 'row', 'outputs'],
          items.map((row) => [
            String(row.ordinal),
            row.row_id,
            visible(JSON.stringify(row.outputs)),
          ]),
        ),
      );
    }),
  );

  verbOf(label, adjudicate, { words: '<session> <ordinal> <value>' }).action(
    act<[string, string, string, { rationale?: string }]>(
      async (cli, session, ordinal, value, given) => {
        const answer = await operate(cli, adjudicate, {
          session,
          ordinal: Number(ordinal),
          value: valueOf(value),
          ...inputOf(given),
        });
        cli.print(answer, () => `Item ${answer.ordinal} is ${String(answer.value)}.`);
      },
    ),
  );

  verbOf(label, showSession, { words: '<session>' }).action(
    act<[string, object]>(async (cli, id) => {
      const session = await operate(cli, showSession, { session: id });
      cli.print(session, () => `${sessionTable([session])}\n\n${labelTable(session.given)}`);
    }),
  );
}

async function importFile(cli: Cli, file: string): Promise<void> {
  const rows = readJsonLines(file, labelLine);
  if (rows.length === 0) throw new InvalidInputError([{ at: file, message: 'holds no label' }]);
  const labels = rows.map(({ value }) => value);
  const answer = await operate(cli, importLabels, { labels }).catch((error: unknown) => {
    if (!(error instanceof LabelError)) throw error;
    throw new InvalidInputError(
      [{ at: `${file}:${rows[error.index]?.line ?? '?'}`, message: error.fault }],
      'No label of this file was recorded.',
    );
  });
  const tally = { created: 0, superseded: 0, unchanged: 0 };
  for (const { state } of answer.labels) tally[state] += 1;
  const late = answer.labels.filter((row) => row.late).length;
  cli.print(
    { ...tally, late },
    () =>
      `${count(answer.labels.length, 'label')}: ${tally.created} new, ${tally.superseded} superseded an earlier one, ` +
      `${tally.unchanged} were there already${late > 0 ? `; ${late} came late` : ''}.`,
  );
}

/** Truth values and numbers are written as JSON; everything else is a text. */
function valueOf(text: string): boolean | number | string {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

const sessionTable = (sessions: readonly Session[]): string =>
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

const labelTable = (labels: readonly Given[]): string =>
  table(
    ['example', 'rater', 'value', 'rationale'],
    labels.map((row) => [
      row.example,
      visible(row.rater),
      String(row.value),
      visible(row.rationale ?? ''),
    ]),
  );
