import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { html } from 'hono/html';
import { asking, type Asking } from '../../../contracts/drive.ts';
import type { AgentRecord } from '../../../contracts/agent.ts';
import { readJson } from '../../../contracts/read-json.ts';
import { getAgent } from '../../../db/versions/agents.ts';
import { createDrive, knownInputs } from '../../../db/drives/drives.ts';
import { getPrompt, listPrompts, type PromptSummary } from '../../../db/versions/prompts.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import { invalid } from '../../api/body.ts';
import type { AppDeps } from '../../app.ts';
import { refused } from '../../failures.ts';
import { type Field, readForm } from '../ui/form.ts';
import { type Html, show } from '../ui/page.ts';
import { segment } from '../ui/parts.ts';

const MESSAGE = ['message', 'question', 'query', 'input', 'text', 'prompt'];
const BEFORE: Readonly<Record<string, 'messages' | 'turns'>> = {
  previous: 'messages',
  history: 'turns',
  messages: 'turns',
  conversation: 'turns',
};

/** How an agent is asked: the versions of its prompts, and the fields of its inputs as its last evaluation had them. */
export async function driveForm(
  { db, project }: AppDeps,
  context: Context<ConsoleEnv>,
): Promise<Response> {
  const agent = await getAgent(db, { project, name: context.req.query('agent') ?? '' });
  const prompts = await listPrompts(db, project);
  const known = await knownInputs(db, { project, agent: agent.name });
  const field = MESSAGE.find((name) => known.includes(name)) ?? known[0] ?? 'message';
  const before = known.find((name) => name !== field && BEFORE[name] !== undefined);
  const lacking = agent.prompts.filter((name) => !prompts.some((prompt) => prompt.name === name));
  return show(context, {
    title: `Talk to ${agent.name}`,
    styles: ['drive.css'],
    body: html`<h1>Talk to ${agent.name}</h1>
      ${lacking.map(
        (name) =>
          html`<p class="fault" role="alert">
            The prompt ${name} has no version yet: <code>npx attune prompt register ${name}</code>
            makes one.
          </p>`,
      )}
      <form method="post" action="/drive" class="card stack begin">
        <input type="hidden" name="agent" value="${agent.name}" />
        ${agent.prompts.map((name) => promptChoice(prompts.find((at) => at.name === name)))}
        <label>Field of the message <input name="field" value="${field}" required /></label>
        <label>
          What was said before
          <select name="as">
            ${option('', 'is not sent: each message stands alone', before === undefined)}
            ${option('messages', 'my messages, as a list', BEFORE[before ?? ''] === 'messages')}
            ${option('turns', 'both sides, as role and content', BEFORE[before ?? ''] === 'turns')}
          </select>
        </label>
        <label>
          in the field <input name="before" value="${before ?? 'previous'}" required />
        </label>
        <label>
          Further inputs, the same at each message (JSON)
          <textarea name="more" rows="3" spellcheck="false">{}</textarea>
        </label>
        <p class="hint">
          ${
            known.length === 0
              ? 'The agent has not been evaluated yet, so the fields are a guess.'
              : html`Inputs of the rows it was last evaluated on: ${known.join(', ')}.`
          }
        </p>
        <div class="row"><button class="primary">Begin</button></div>
      </form>`,
  });
}

function promptChoice(prompt: PromptSummary | undefined): Html | string {
  if (prompt === undefined) return '';
  const { name, versions, aliases } = prompt;
  const standing = aliases['production'] === undefined ? `${versions}` : 'production';
  const numbers = Array.from({ length: versions }, (_, at) => `${versions - at}`);
  return html`<label>
    Prompt ${name}
    <select name="prompt.${name}">
      ${Object.entries(aliases).map(([alias, number]) =>
        option(alias, `${alias} (version ${number} now)`, alias === standing),
      )}
      ${numbers.map((number) => option(number, `version ${number}`, number === standing))}
    </select>
  </label>`;
}

const option = (value: string, text: string, chosen: boolean): Html =>
  html`<option value="${value}" ${chosen ? html`selected` : ''}>${text}</option>`;

/** Begins a talk; nothing is asked yet. */
export async function makeDrive(
  { db, project }: AppDeps,
  context: Context<ConsoleEnv>,
): Promise<Response> {
  const field = await readForm(context);
  const agent = await getAgent(db, { project, name: field('agent') });
  if (agent.kind === 'recorded')
    throw refused('agent', `\`${agent.name}\` replays recorded outputs; it answers no message.`);
  const prompts = await promptsOf({ db, project }, agent, field);
  // Never digits alone: what pays for its calls could be read as a cycle then.
  const id = `d${randomBytes(8).toString('hex')}`;
  const who = context.get('who');
  await createDrive(db, { project, id, agent: agent.name, prompts, asking: askingOf(field), who });
  return context.redirect(`/drive/${segment(id)}`, 303);
}

async function promptsOf(
  { db, project }: Pick<AppDeps, 'db' | 'project'>,
  { prompts }: AgentRecord,
  field: Field,
): Promise<Readonly<Record<string, string>>> {
  const chosen = prompts.map((name) => [name, field(`prompt.${name}`)] as const);
  for (const [name, which] of chosen) {
    if (which === '') throw refused(`prompt.${name}`, `Choose a version of the prompt ${name}.`);
    await getPrompt(db, { project, reference: `${name}@${which}` });
  }
  return Object.fromEntries(chosen);
}

function askingOf(field: Field): Asking {
  const as = field('as');
  const given = asking.safeParse({
    field: field('field'),
    before: as === '' ? null : { field: field('before'), as },
    more: parsed(field('more') || '{}'),
  });
  if (!given.success) throw invalid(given.error);
  if (given.data.before?.field === given.data.field)
    throw refused('before', 'The message and what was said before need a field each.');
  return given.data;
}

function parsed(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    throw refused('more', 'Further inputs are no JSON: write an object such as {"plan": "basic"}.');
  }
}
