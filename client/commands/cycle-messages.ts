import type { Command } from 'commander';
import { cancelCycle } from '../../operations/cycle/cancel.ts';
import { approveCycle, rejectCycle } from '../../operations/cycle/decide.ts';
import { completeLabeling } from '../../operations/cycle/labeling-complete.ts';
import type { Act } from '../cli.ts';
import { EXIT } from '../exit.ts';
import { inputOf, operate, verbOf } from '../operate.ts';

type Completing = { wait?: boolean; session?: string };
type Deciding = { why: string };

/** labeling-complete, approve, reject, cancel: what a person tells a running cycle. */
export function addCycleMessages(cycle: Command, act: Act): void {
  verbOf(cycle, completeLabeling, { words: '<cycle>' })
    .addHelpText('after', '\nWith --wait it ends with 4 when the labels are too few.')
    .action(
      act<[string, Completing]>(async (cli, reference, given) => {
        const answer = await operate(cli, completeLabeling, {
          cycle: reference,
          ...inputOf(given),
        });
        if ('signalled' in answer) {
          const text = `Signalled ${answer.signalled}; it recounts the labels itself.`;
          cli.print(answer, () => text);
          return EXIT.done;
        }
        const { accepted, have, need, why } = answer;
        cli.print(
          answer,
          () => `${accepted ? 'Accepted' : 'Refused'}: ${why} (${have} of ${need}).`,
        );
        return accepted ? EXIT.done : EXIT.undecided;
      }),
    );

  for (const operation of [approveCycle, rejectCycle])
    verbOf(cycle, operation, { words: '<cycle>' }).action(
      act<[string, Deciding]>(async (cli, reference, { why }) => {
        const answer = await operate(cli, operation, { cycle: reference, why });
        cli.print(answer, () => `${answer.approved ? 'Approved' : 'Rejected'} ${answer.cycle}.`);
      }),
    );

  verbOf(cycle, cancelCycle, { words: '<cycle>' }).action(
    act<[string, object]>(async (cli, reference) => {
      const answer = await operate(cli, cancelCycle, { cycle: reference });
      cli.print(answer, () => `Asked ${answer.cancelling} to end.`);
    }),
  );
}
