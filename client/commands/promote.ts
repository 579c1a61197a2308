import type { Command } from 'commander';
import { gatePolicy } from '../../contracts/spec.ts';
import { type Evaluation, parseEvaluation } from '../../domain/promote/evaluation-file.ts';
import { decideEvaluations } from '../../domain/promote/evaluation-verdict.ts';
import { parseGuardrail } from '../../domain/promote/guardrail-option.ts';
import { type Act, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { exitOfVerdict } from '../exit.ts';
import { readDocument } from '../files/document.ts';
import { readText } from '../files/read.ts';
import { collect } from '../options.ts';
import { evaluationSections } from '../report/evaluation.ts';
import { addPromoteWatch } from './promote-watch.ts';
import { sectionsText } from '../report/terminal.ts';

type Promoting = {
  evaluation: readonly string[];
  policy?: string;
  metric?: string;
  guardrail: readonly string[];
};

/** promote: the gate's verdict on two evaluations made elsewhere; needs no stack and moves no alias. */
export function addPromote(program: Command, act: Act): void {
  const promote = verb(
    program,
    'promote',
    'the verdict on two evaluations made elsewhere: incumbent, then finalist',
  )
    .option(
      '--evaluation <file.jsonl>',
      'given twice: the incumbent, then the finalist',
      collect,
      [],
    )
    .option('--policy <file>', 'the fields of `gate` in a cycle spec; default alpha 0.05, margin 0')
    .option('--metric <name>', 'the one primary metric')
    .option(
      '--guardrail <name:limit>',
      'NAME:min=X, NAME:max=X or NAME:margin=Y; may be given again',
      collect,
      [],
    )
    .action(
      act<[Promoting]>(async (cli, { evaluation, policy, metric, guardrail }) => {
        const files = twoFiles(evaluation);
        const verdict = decideEvaluations({
          incumbent: readEvaluation(files.incumbent),
          finalist: readEvaluation(files.finalist),
          policy:
            policy === undefined ? gatePolicy.parse({}) : readDocument(policy, gatePolicy).value,
          ...(metric !== undefined && { metric }),
          guardrails: guardrail.map(parseGuardrail),
        });
        cli.print(verdict, () => sectionsText(evaluationSections(verdict, files)));
        return exitOfVerdict(verdict.verdict);
      }),
    );
  addPromoteWatch(promote, act);
}

const readEvaluation = (file: string): Evaluation => parseEvaluation(readText(file), file);

function twoFiles(given: readonly string[]): { incumbent: string; finalist: string } {
  const [incumbent, finalist] = given;
  if (given.length === 2 && incumbent !== undefined && finalist !== undefined)
    return { incumbent, finalist };
  throw new InvalidInputError(
    [{ at: '--evaluation', message: `given ${given.length} times; give two files` }],
    'attune promote --evaluation incumbent.jsonl --evaluation finalist.jsonl',
  );
}
