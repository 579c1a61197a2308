import type { Command } from 'commander';
import { refuse } from '../../contracts/invalid-input.ts';
import { sessionQuestion, type SessionQuestion } from '../../contracts/session.ts';
import { closeSession } from '../../operations/label/close.ts';
import { createSession } from '../../operations/label/create.ts';
import type { InputOf } from '../../operations/operation.ts';
import type { Act, Cli } from '../cli.ts';
import { inputOf, operate, verbOf } from '../operate.ts';
import { collect } from '../options.ts';
import { count } from '../terminal/figures.ts';

type Options = Omit<InputOf<typeof createSession>, 'name' | 'ids' | 'questions'> & {
  readonly ids?: string;
  readonly question: readonly string[];
};

/** label create and close: a session outside of cycles. */
export function addCreate(label: Command, act: Act): void {
  verbOf(label, createSession, { words: '<name>', without: ['ids', 'questions'] })
    .option('--ids <a,b>', 'only these examples')
    .option(
      '--question <name=text>',
      'a further question; name:expectation=text for the right answer',
      collect,
      [],
    )
    .action(act<[string, Options]>(create));

  verbOf(label, closeSession, { words: '<session>' }).action(
    act<[string, object]>(async (cli, session) => {
      const answer = await operate(cli, closeSession, { session });
      cli.print(answer, () => `${session} is closed.`);
    }),
  );
}

async function create(cli: Cli, name: string, { ids, question, ...given }: Options): Promise<void> {
  const made = await operate(cli, createSession, {
    name,
    ...inputOf(given),
    ...(ids !== undefined && { ids: ids.split(',').map((id) => id.trim()) }),
    questions: question.map(questionOf),
  });
  const { id, judgeVersion, items, ratersPerItem, deadline, representative } = made;
  cli.print(
    made,
    () =>
      `${id} asks \`${judgeVersion}\` on ${count(items, 'item')}, ${ratersPerItem} raters each, until ${deadline}.\n` +
      (representative
        ? ''
        : 'Its figures are not those of all outputs: some had no chance to be chosen.\n') +
      `Links for raters: npx attune label links ${id} --rater NAME`,
  );
}

/** `name=text` for a free text, `name:expectation=text` for what the answer should have been. */
function questionOf(text: string): SessionQuestion {
  const [, name, kind, asked] = /^([^:=]+)(?::([^=]+))?=(.+)$/s.exec(text) ?? [];
  const checked = sessionQuestion.safeParse({ name, kind, text: asked });
  if (checked.success) return checked.data;
  return refuse('--question', `\`${text}\`: use name=text or name:expectation=text`);
}
