import type { Context } from 'hono';
import { html } from 'hono/html';
import { type Example, exampleLine } from '../../../contracts/example.ts';
import { readJson } from '../../../contracts/read-json.ts';
import { getDataset, getExamples } from '../../../db/data/datasets.ts';
import { GROUPS } from '../../../domain/dataset/edit.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import type { Field } from '../ui/form.ts';
import { type Html, show } from '../ui/page.ts';
import { facts, segment } from '../ui/parts.ts';

type Group = (typeof GROUPS)[number];
type Texts = Readonly<Record<Group, string>>;

const HINTS: Readonly<Record<Group, string>> = {
  inputs: 'what the agent is given',
  outputs: 'a recorded answer; empty where there is none',
  expectations: 'what a right answer is; empty where nobody said',
  tags: 'names and texts',
};

/** /datasets/:id/rows/:row: one row of the newest version, to be edited. Sealed ones are refused. */
export async function rowView(
  { db, project }: AppDeps,
  context: Context<ConsoleEnv>,
  { dataset: wanted, id }: { readonly dataset: string; readonly id: string },
): Promise<Response> {
  const { id: version, name } = await getDataset(db, { project, id: wanted.split('@')[0] ?? '' });
  const [row] = await getExamples(db, { project, version, ids: [id] });
  return rowForm(context, {
    dataset: name,
    id,
    hash: row!.hash,
    texts: Object.fromEntries(GROUPS.map((group) => [group, textOf(row!, group)])) as Texts,
    fault: null,
    place: { version, part: row!.part, conversation: row!.conversation },
  });
}

const textOf = (row: Example, group: Group): string =>
  row[group] === undefined ? '' : JSON.stringify(row[group], null, 2);

export const textsOf = (field: Field): Texts =>
  Object.fromEntries(GROUPS.map((group) => [group, field(group)])) as Texts;

const contentShape = exampleLine.pick({
  inputs: true,
  outputs: true,
  expectations: true,
  tags: true,
});

type Content = Pick<Example, 'inputs' | 'tags'> & Pick<Partial<Example>, Group>;
type Read =
  | { readonly content: Content; readonly fault: null }
  | { readonly content: null; readonly fault: string };

/** What was typed, as a row holds it, or what is wrong with it. */
export function contentOf(texts: Texts): Read {
  const given: Record<string, unknown> = {};
  for (const group of GROUPS)
    if (texts[group] !== '')
      try {
        given[group] = readJson(texts[group]);
      } catch (error) {
        return { content: null, fault: `${group} is no JSON: ${(error as Error).message}` };
      }
  const checked = contentShape.safeParse(given);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return { content: null, fault: `${issue!.path.join('.')}: ${issue!.message}` };
  }
  const { inputs, outputs, expectations, tags = {} } = checked.data;
  const content = {
    inputs,
    tags,
    ...(outputs !== undefined && { outputs }),
    ...(expectations !== undefined && { expectations }),
  };
  return { content, fault: null };
}

export type RowForm = {
  readonly dataset: string;
  readonly id: string;
  /** Of the row as it was when it was opened. */
  readonly hash: string;
  readonly texts: Texts;
  readonly fault: string | null;
  readonly place?: Readonly<Record<'version' | 'part' | 'conversation', string>>;
};

export const rowForm = (
  context: Context<ConsoleEnv>,
  { dataset, id, hash, texts, fault, place }: RowForm,
): Response | Promise<Response> =>
  show(context, {
    title: `Row ${id}`,
    styles: ['edit.css'],
    body: html`<h1>Row ${id}</h1>
      ${facts({ dataset: html`<a href="/datasets/${segment(dataset)}">${dataset}</a>`, ...place })}
      ${fault === null ? '' : html`<p class="fault" role="alert">${fault}</p>`}
      <form method="post" action="${pathOf(dataset, id)}" class="card stack edit">
        <input type="hidden" name="hash" value="${hash}" />
        <div class="columns">${GROUPS.map((group) => area(group, texts[group]))}</div>
        <p class="hint">
          JSON objects. Saving makes the next version of ${dataset}; the versions there are stay as
          they are.
        </p>
        <div class="row"><button class="primary">Save as a new version</button></div>
      </form>
      <form method="post" action="${pathOf(dataset, id)}/remove" class="row">
        <input type="hidden" name="hash" value="${hash}" />
        <button>Take the row out</button>
        <span class="hint">of the next version; earlier ones keep it</span>
      </form>`,
  });

const pathOf = (dataset: string, id: string): string =>
  `/datasets/${segment(dataset)}/rows/${segment(id)}`;

const area = (group: Group, text: string): Html =>
  html`<label>
    ${group} <span class="hint">${HINTS[group]}</span>
    <textarea
      name="${group}"
      rows="${Math.min(16, Math.max(4, text.split('\n').length + 1))}"
      spellcheck="false"
      ${group === 'inputs' ? html`required` : ''}
    >
${text}</textarea>
  </label>`;
