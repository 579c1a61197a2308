import type { Command } from 'commander';
import { type Act, verb } from '../cli.ts';
import { cancelCycle, decide, signalComplete, updateComplete } from '../cycle/messages.ts';
import { findCycle } from '../cycle/find.ts';
import { EXIT } from '../exit.ts';
import { workflowIdOf } from '../cycle/reference.ts';

type Completing = { wait?: boolean; session?: string };
type Deciding = { why: string };

/** labeling-complete, approve, reject, cancel: what a person tells a running cycle. */
export function addCycleMessages(cycle: Command, act: Act): void {
  verb(cycle, 'labeling-complete <cycle>', 'people are done: recount the labels and go on')
    .option('--wait', 'wait for the answer; exit 4 when the labels are too few')
    .option('--session <id>', 'only if this label session is the open one')
    .action(
      act<[string, Completing]>(async (cli, reference, { wait, session }) => {
        const workflowId = workflowIdOf(await findCycle(cli, reference));
        const client = await cli.connections.temporal();
        if (wait !== true) {
          await signalComplete({ client, workflowId, session });
          cli.print(
            { signalled: workflowId },
            () => `Signalled ${workflowId}; it recounts the labels itself.`,
          );
          return EXIT.done;
        }
        const answer = await updateComplete({ client, workflowId, session });
        cli.print(
          answer,
          () =>
            `${answer.accepted ? 'Accepted' : 'Refused'}: ${answer.why} (${answer.have} of ${answer.need}).`,
        );
        return answer.accepted ? EXIT.done : EXIT.undecided;
      }),
    );

  for (const [name, approved, text] of [
    ['approve', true, 'let a promotion happen that the gate allowed'],
    ['reject', false, 'veto a promotion that the gate allowed'],
  ] as const)
    verb(cycle, `${name} <cycle>`, text)
      .requiredOption('--why <text>', 'the reason, kept in the history')
      .action(
        act<[string, Deciding]>(async (cli, reference, { why }) => {
          const workflowId = workflowIdOf(await findCycle(cli, reference));
          const client = await cli.connections.temporal();
          await decide({ client, workflowId }, { approved, who: cli.env.user, why });
          cli.print(
            { cycle: workflowId, approved },
            () => `${approved ? 'Approved' : 'Rejected'} ${workflowId}.`,
          );
        }),
      );

  verb(cycle, 'cancel <cycle>', 'end a running cycle; it still writes its report').action(
    act<[string, object]>(async (cli, reference) => {
      const workflowId = workflowIdOf(await findCycle(cli, reference));
      await cancelCycle({ client: await cli.connections.temporal(), workflowId });
      cli.print({ cancelling: workflowId }, () => `Asked ${workflowId} to end.`);
    }),
  );
}
