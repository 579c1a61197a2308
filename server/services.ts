import type { Context } from 'hono';
import { NoAnswerError } from '../operations/errors.ts';
import type { InputOf, Operation, OutputOf, Services } from '../operations/operation.ts';
import { runOperation } from '../operations/run.ts';
import type { ConsoleEnv } from './access/owner.ts';
import type { AppDeps } from './app.ts';

/** What operations of this server work with. */
export const servicesOf = ({ db, project, temporal, salt }: AppDeps): Services => ({
  db,
  project,
  salt,
  async temporal() {
    if (temporal === null)
      throw new NoAnswerError(
        'Temporal',
        'this server has no address of it',
        'Set TEMPORAL_ADDRESS and start the server again.',
      );
    await temporal.connection.ensureConnected().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error);
      throw new NoAnswerError('Temporal', why, 'Try again when it is up.');
    });
    return temporal;
  },
});

/** Runs an operation for the reader of a page. */
export const ask = <O extends Operation>(
  deps: AppDeps,
  context: Context<ConsoleEnv>,
  asked: { readonly operation: O; readonly input: InputOf<O> },
): Promise<OutputOf<O>> =>
  runOperation(asked.operation, servicesOf(deps), {
    caller: { who: context.get('who'), role: 'admin' },
    input: asked.input,
  });
