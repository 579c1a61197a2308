import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { StackInfo } from '../../stack/index.ts';
import { BARE_ENV } from './folder.ts';
import { PARENT } from './programs/programs.ts';

type Line = Readonly<Record<string, unknown>>;
export type Parent = {
  readonly child: ChildProcessByStdio<null, Readable, null>;
  readonly line: (wanted: (line: Line) => boolean) => Promise<Line>;
  readonly up: () => Promise<StackInfo>;
};

/** A process that starts a stack, leader of a process group as under a shell. */
export function startParent(dataDir: string): Parent {
  const child = spawn(process.execPath, [PARENT, dataDir], {
    env: BARE_ENV,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Line[] = [];
  const lines = createInterface(child.stdout);
  lines.on('line', (text) => said.push(JSON.parse(text) as Line));
  const line: Parent['line'] = (wanted) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const found = said.find((each) => wanted(each));
        if (found) resolve(found);
      };
      look();
      lines.on('line', look);
      lines.once('close', () =>
        reject(new Error(`the parent ended; it said ${JSON.stringify(said.slice(-3))}`)),
      );
    });
  const up = async () => (await line((each) => 'up' in each))['up'] as StackInfo;
  return { child, line, up };
}
