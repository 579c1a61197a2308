/** A process of the pool: simulates the cells that it is sent, until there are none. */
import { cellOf } from './cells.ts';
import type { FromWorker, ToWorker } from './pool.ts';
import { runCell } from './run.ts';

const tell = (message: FromWorker): void => void process.send!(message);

process.on('message', ({ ids, simulations }: ToWorker) => {
  for (const id of ids) tell({ id, result: runCell(cellOf(id), simulations) });
  tell({ idle: true });
});
tell({ idle: true });
