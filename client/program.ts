import { Command } from 'commander';
import type { Act, Screen } from './cli.ts';
import { addCompare } from './commands/compare.ts';
import { addCycle } from './commands/cycle.ts';
import { addDataset } from './commands/dataset.ts';
import { addDemo } from './commands/demo.ts';
import { addDoctor } from './commands/doctor.ts';
import { addInit } from './commands/init.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addJudge } from './commands/judge.ts';
import { addLabel } from './commands/label.ts';
import { addOpen } from './commands/open.ts';
import { addOptimize } from './commands/optimize.ts';
import { addProcesses } from './commands/processes.ts';
import { addPromote } from './commands/promote.ts';
import { addPrompt } from './commands/prompt.ts';
import { addSchema } from './commands/schema.ts';
import { addStart } from './commands/start.ts';
import { addStack } from './commands/stack.ts';
import { addTrace } from './commands/trace.ts';

export type ProgramOptions = {
  readonly act: Act;
  readonly version: string;
  readonly screen: Screen;
};

/** The whole command line. Parsing never ends the process: it throws CommanderError. */
export function createProgram({ act, version, screen }: ProgramOptions): Command {
  const program = new Command('attune')
    .description(
      'Aligns an LLM judge to your experts, tunes prompts against it, and promotes on evidence.',
    )
    .version(version)
    .showHelpAfterError('(attune --help, or --help after any command, lists what there is)')
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: screen.out, writeErr: screen.err });
  addStart(program, act);
  addStack(program, act);
  addOpen(program, act);
  addDemo(program, act);
  addCompare(program, act);
  addCycle(program, act);
  addDataset(program, act);
  addProcesses(program, act);
  addDoctor(program, act);
  addInit(program, act);
  addEvaluate(program, act);
  addJudge(program, act);
  addLabel(program, act);
  addOptimize(program, act);
  addPrompt(program, act);
  addPromote(program, act);
  addSchema(program, act);
  addTrace(program, act);
  return program;
}
