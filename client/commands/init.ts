import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { type Act, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { STARTER } from '../init/files.ts';

/** init: the files of a first cycle. Nothing that is there is overwritten. */
export function addInit(program: Command, act: Act): void {
  verb(program, 'init [folder]', 'write the files of a first cycle: spec, judge, prompt').action(
    act<[string | undefined, object]>((cli, folder = '.') => {
      const paths = Object.keys(STARTER).map((name) => join(folder, name));
      const there = paths.filter((path) => existsSync(path));
      if (there.length > 0)
        throw new InvalidInputError(
          there.map((path) => ({ at: path, message: 'is there already' })),
          'Nothing was written. Name another folder.',
        );
      for (const [name, text] of Object.entries(STARTER)) {
        const path = join(folder, name);
        mkdirSync(dirname(path), { recursive: true });
        writeFileSync(path, text);
      }
      const spec = join(folder, 'cycle.yaml');
      cli.print(
        { written: paths },
        () =>
          `Wrote ${paths.join(', ')}.\nPut your examples into ${join(folder, 'examples.jsonl')}, then: npx attune cycle start ${spec} --watch`,
      );
      return Promise.resolve();
    }),
  );
}
