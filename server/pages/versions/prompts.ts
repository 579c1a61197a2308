import type { Context } from 'hono';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { PromptVersion } from '../../../contracts/prompt.ts';
import { aliasHistory } from '../../../db/versions/aliases.ts';
import { listCycles } from '../../../db/cycles/cycles.ts';
import { NotFoundError } from '../../../db/errors.ts';
import { listPrompts, listPromptVersions } from '../../../db/versions/prompts.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import { listPrompts as listed } from '../../../operations/prompt/list.ts';
import type { AppDeps } from '../../app.ts';
import { ask } from '../../services.ts';
import { show } from '../ui/page.ts';
import { dataTable, segment } from '../ui/parts.ts';
import { historyPart, versionScores, versionsPart } from './prompt-parts.ts';
import { versionForm } from '../ui/version-form.ts';

const SHOWN = 500;

/** /prompts: all; /prompts/:name?from=1&to=2: versions, the difference of two, scores at gates, and the history of the aliases. */
export function promptsPage(deps: AppDeps): Hono<ConsoleEnv> {
  const page = new Hono<ConsoleEnv>();
  page.get('/', async (context) => {
    const input = { limit: SHOWN };
    const { items: prompts } = await ask(deps, context, { operation: listed, input });
    return show(context, {
      title: 'Prompts',
      body: html`<h1>Prompts</h1>
        ${dataTable({
          caption: 'Prompts',
          head: ['prompt', 'versions', 'aliases'],
          rows: prompts.map(({ name, versions, aliases }) => [
            html`<a href="/prompts/${segment(name)}">${name}</a>`,
            versions,
            aliasesText(aliases),
          ]),
          empty: html`No prompt yet. <code>npx attune prompt register</code> makes one.`,
        })}`,
    });
  });
  page.get('/:name', (context) => promptView(deps, context, context.req.param('name')));
  return page;
}

async function promptView(
  { db, project }: AppDeps,
  context: Context<ConsoleEnv>,
  name: string,
): Promise<Response> {
  const [versions, prompts, cycles] = await Promise.all([
    listPromptVersions(db, { project, name }),
    listPrompts(db, project),
    listCycles(db, { project }),
  ]);
  const newest = versions.at(-1);
  if (newest === undefined) throw new NotFoundError('prompt', name, 'see the list of prompts');
  const aliases = prompts.find((row) => row.name === name)?.aliases ?? {};
  const histories = await Promise.all(
    Object.keys(aliases).map((alias) => aliasHistory(db, { project, prompt: name, alias })),
  );
  const of = (query: string, otherwise: PromptVersion): PromptVersion =>
    versions.find(({ number }) => String(number) === context.req.query(query)) ?? otherwise;
  const to = of('to', newest);
  const from = of('from', versions.find(({ number }) => number === to.parent) ?? versions[0]!);
  return show(context, {
    title: name,
    scripts: ['charts.js'],
    body: html`<h1>Prompt ${name}</h1>
      <p>Aliases: ${aliasesText(aliases)}</p>
      ${versionsPart(versions)} ${versionScores(name, cycles)}
      <h2>Version ${from.number} -> ${to.number}</h2>
      ${versionForm({ from, to, versions })} ${historyPart(histories.flat())}`,
  });
}

const aliasesText = (aliases: Readonly<Record<string, number>>): string =>
  Object.entries(aliases)
    .map(([alias, number]) => `${alias} -> ${number}`)
    .join(', ') || 'none';
