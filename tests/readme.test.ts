import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CommanderError } from 'commander';
import type { Act } from '../client/cli.ts';
import { createProgram } from '../client/program.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...globSync('{docs,examples/*}/*.md', { cwd: root }),
];
const scripts = (
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  }
).scripts;

type Shown = { readonly page: string; readonly line: number; readonly command: string };

/** Every command line of the fenced `sh` blocks, comments and variable settings before it left out. */
function commandsOf(page: string): readonly Shown[] {
  const found: Shown[] = [];
  let inside = false;
  const whole = readFileSync(join(root, page), 'utf8').replaceAll(/ \\\n */g, ' ');
  for (const [index, text] of whole.split('\n').entries()) {
    const fence = /^\s*```(\w*)/.exec(text);
    if (fence !== null) inside = !inside && fence[1] === 'sh';
    else if (inside) {
      const command = text
        .replace(/\s+#.*$|^\s*#.*$/, '')
        .trim()
        .replace(/^([A-Z_]+=\S+\s+)+/, '');
      if (command !== '') found.push({ page, line: index + 1, command });
    }
  }
  return found;
}

/** Commands in running text: `npx attune judge builtin`, `attune cycle pool <cycle>`. Arguments and required options may be left out there. */
function mentionedOn(page: string): readonly Shown[] {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  return lines.flatMap((text, index) =>
    [...text.matchAll(/`(?:npx )?attune ([^`|]+)`/g)].map(([, args = '']) => ({
      page,
      line: index + 1,
      command: `npx attune ${args.replace(/ \.\.\.$/, '')}`,
    })),
  );
}

const nothing: Act = () => () => Promise.resolve();
const wordsOf = (command: string): readonly string[] =>
  [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );

/** Why a command could not be typed as it stands, or null. */
async function faultOf(command: string): Promise<string | null> {
  const [program, first = '', ...rest] = wordsOf(command);
  if (program === 'npm') return npmFault(first, rest);
  if (program === 'npx' && first === 'attune') return attuneFault(rest);
  if (program === 'npx')
    return existsSync(join(root, 'node_modules/.bin', first)) ? null : `no program ${first}`;
  if (program === 'node') return existsSync(join(root, first)) ? null : `no file ${first}`;
  if (program?.includes('/')) return existsSync(join(root, program)) ? null : `no file ${program}`;
  return ['git', 'cd', 'docker', 'export', 'curl'].includes(program ?? '')
    ? null
    : `unknown program ${program}`;
}

function npmFault(verb: string, [script = '']: readonly string[]): string | null {
  if (['ci', 'install'].includes(verb)) return null;
  const name = verb === 'run' ? script : verb;
  return name in scripts ? null : `package.json has no script ${name}`;
}

async function attuneFault(args: readonly string[]): Promise<string | null> {
  const screen = { out: () => {}, err: () => {} };
  const program = createProgram({ act: nothing, version: '0', screen });
  try {
    await program.parseAsync(args, { from: 'user' });
    return null;
  } catch (error) {
    return error instanceof CommanderError && error.exitCode !== 0 ? error.message : null;
  }
}

test('every command that README, CONTRIBUTING, docs and examples show exists, with its flags', async () => {
  const shown = pages.flatMap(commandsOf);
  assert.ok(
    shown.some(({ page }) => page === 'README.md'),
    'README.md shows no command',
  );
  const faults = await Promise.all(
    shown.map(async ({ page, line, command }) => {
      const fault = await faultOf(command);
      return fault === null ? [] : [`${page}:${line} ${command}: ${fault}`];
    }),
  );
  assert.deepEqual(faults.flat(), []);
});

test('every command that the pages mention in running text is one, with its flags', async () => {
  const mentioned = pages.flatMap(mentionedOn);
  assert.ok(mentioned.length > 20);
  const faults: string[] = [];
  for (const { page, line, command } of mentioned) {
    const fault = await faultOf(command);
    if (fault !== null && !/missing required argument|not specified/.test(fault))
      faults.push(`${page}:${line} ${command}: ${fault}`);
  }
  assert.deepEqual(faults, []);
});

test('the checker sees a verb and a flag that are not there', async () => {
  assert.match((await faultOf('npx attune stop --hard')) ?? '', /unknown option/);
  assert.match((await faultOf('npx attune cycle frobnicate')) ?? '', /unknown command|too many/);
  assert.match((await faultOf('npm run nothing')) ?? '', /no script/);
});

test('README has fewer than 200 lines', () => {
  assert.ok(readFileSync(join(root, 'README.md'), 'utf8').split('\n').length < 200);
});
