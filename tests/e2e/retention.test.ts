import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CLONE } from '../../stack/layout.ts';
import { attune, type Ran } from '../client/cli.ts';
import { startTestStack } from './stack.ts';

const FOLDER = join(CLONE, 'examples/retention');
const README = readFileSync(join(FOLDER, 'README.md'), 'utf8');
const skip = process.env['ATTUNE_LONG'] === '1' ? false : 'set ATTUNE_LONG=1';

/** The fenced blocks of the page, in order, with the language of each. */
const BLOCKS = [...README.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, kind, text]) => ({
  kind: kind!,
  text: text!,
}));

/** The commands of a block that a running stack is given, each in one line. */
const commandsIn = (text: string): readonly string[] =>
  text
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.startsWith('npx attune ') && !line.startsWith('npx attune up'))
    .map((line) => line.slice('npx attune '.length));

const plain = (line: string): string => line.trim().replaceAll(/\s+/g, ' ');

/** Lines of the page that the output does not have: each is the beginning of a line of it, blanks apart. */
function missingIn(out: string, page: string): readonly string[] {
  const printed = out.split('\n').map(plain);
  const told = page.split('\n').map(plain);
  return told.filter((line) => line !== '' && !printed.some((at) => at.startsWith(line)));
}

test(
  'every command of the retention page runs as it stands there, and every figure of the page is what comes out',
  { skip, timeout: 240_000 },
  async (t) => {
    const stack = await startTestStack({
      env: { ATTUNE_CONFIG: join(FOLDER, 'attune.config.ts') },
    });
    t.after(() => stack.close());
    const ran: (Ran & { readonly command: string })[] = [];
    let told = 0;
    for (const { kind, text } of BLOCKS)
      if (kind === 'sh')
        for (const command of commandsIn(text)) {
          const env = { ATTUNE_DATA: stack.dataDir };
          const done = await attune(command.split(/\s+/), { env, cwd: FOLDER });
          // A gate fails before and after: the page says which, and why.
          assert.equal(
            done.code,
            command.startsWith('evaluate') ? 3 : 0,
            `${command}\n${done.err}`,
          );
          ran.push({ ...done, command });
        }
      else {
        told += 1;
        const { out, command } = ran.at(-1)!;
        assert.deepEqual(missingIn(out, text), [], `${command}\n${out}`);
      }
    assert.deepEqual([ran.length, told], [8, 2]);
    const [, after] = ran.filter(({ command }) => command.startsWith('evaluate'));
    assert.match(after!.out, /no-competitor: pass, mean 1\.000/);
    assert.match(after!.out, /tools: pass/);
    assert.match(after!.out, /safety: fail/);
  },
);
