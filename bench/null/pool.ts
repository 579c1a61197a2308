import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { type Cell, cellId } from './cells.ts';
import type { CellResult } from './run.ts';

export type ToWorker = { readonly ids: readonly string[]; readonly simulations: number };
export type FromWorker =
  { readonly id: string; readonly result: CellResult } | { readonly idle: true };

type Work = {
  readonly cells: readonly Cell[];
  readonly simulations: number;
  readonly told?: (result: CellResult) => void;
};

/** Simulates cells on all cores; results by cell id, the same as one after the other. */
export async function runCells({
  cells,
  simulations,
  told = () => undefined,
}: Work): Promise<Readonly<Record<string, CellResult>>> {
  // Cells that differ in size alone share their searches, which a process keeps.
  const shared = Map.groupBy(cells, ({ setting, margin }) => `${setting}/${margin}`);
  const groups = [...shared.values()].toSorted((a, b) => clustersIn(b) - clustersIn(a));
  const results: Record<string, CellResult> = {};
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const child = fork(new URL('./worker.ts', import.meta.url));
      child.on('error', reject);
      child.on('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`a simulation ended with ${code}`)),
      );
      child.on('message', (message: FromWorker) => {
        if ('result' in message) {
          results[message.id] = message.result;
          return told(message.result);
        }
        const group = groups.shift();
        if (group === undefined) return child.disconnect();
        return void child.send({ ids: group.map(cellId), simulations } satisfies ToWorker);
      });
    });
  const processes = Math.min(availableParallelism(), groups.length);
  await Promise.all(Array.from({ length: processes }, work));
  return results;
}

const clustersIn = (cells: readonly Cell[]): number =>
  cells.reduce((sum, { clusters, looks }) => sum + clusters * looks, 0);
