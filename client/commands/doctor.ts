import type { Command } from 'commander';
import {
  checkModel,
  diagnose,
  type Finding,
  type ModelCheck,
  type ModelFinding,
  modelToCheck,
} from '../../stack/index.ts';
import { type Act, type Cli, verb } from '../cli.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { dim, green, red, yellow } from '../terminal/style.ts';

type Options = { readonly model?: string | true };

/** doctor: what is found, what is missing, how to fix it. Exit 1 when something stands in the way of a start. */
export function addDoctor(program: Command, act: Act): void {
  verb(
    program,
    'doctor',
    'look at everything a stack needs: what is found, what is missing, how to fix it',
  )
    .option(
      '--model [name]',
      'ask a model what it can do, in about 20 small requests (default: ATTUNE_MODEL)',
    )
    .action(
      act<[Options]>(async (cli, { model }) => {
        if (model !== undefined) return doctorModel(cli, model === true ? undefined : model);
        const findings = await diagnose(cli.env.all);
        cli.print(findings, () => findings.map(line).join('\n'));
        return findings.some(({ state }) => state === 'bad') ? EXIT.internal : EXIT.done;
      }),
    );
}

const MARK = { ok: green('ok  '), note: yellow('note'), bad: red('bad ') };

const line = ({ state, subject, found, remedy }: Finding): string =>
  `${MARK[state]}  ${subject.padEnd(12)} ${found}${remedy === undefined ? '' : `\n${' '.repeat(19)}${dim(remedy)}`}`;

async function doctorModel(cli: Cli, named: string | undefined): Promise<ExitCode> {
  const model = modelToCheck(cli.env.all, named);
  cli.note(`asking ${model} what it can do, in about 20 small requests ...`);
  const check = await checkModel(cli.env.all, model);
  cli.print(check, () => checkText(check));
  return EXIT.done;
}

const FOUND = {
  yes: green('yes    '),
  partly: yellow('partly '),
  ignored: yellow('ignored'),
  no: red('no     '),
};

const findingText = ({ subject, found, detail, without }: ModelFinding): string =>
  `${FOUND[found]}  ${subject.padEnd(16)} ${detail}${found === 'yes' ? '' : `\n${' '.repeat(26)}${dim(without)}`}`;

function checkText({ findings, ...check }: ModelCheck): string {
  const price =
    check.usd === null ? 'its price is not known' : `${check.usd.toFixed(4)} USD at list prices`;
  const kept = check.kept
    ? 'kept in the database for every run'
    : 'not kept: there is no database yet; the first run learns it again';
  return [
    `${check.model} at ${check.endpoint}`,
    ...findings.map(findingText),
    check.changes.length === 0
      ? 'Attune sends everything as it is.'
      : `For this model Attune ${check.changes.join(', ')} (${kept}).`,
    `The check took ${check.requests} answers, ${check.inputTokens} tokens in and ${check.outputTokens} out: ${price}.`,
  ].join('\n');
}
