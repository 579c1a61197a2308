import type { Context } from 'hono';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { Example } from '../../../contracts/example.ts';
import { name as datasetName } from '../../../contracts/name.ts';
import { splitPolicy } from '../../../contracts/spec.ts';
import { writeAudit } from '../../../db/audit.ts';
import { ImportError, NotFoundError, SealedError } from '../../../db/errors.ts';
import type { PlacedExample } from '../../../db/data/examples.ts';
import { reviseAndCompare, type RevisionAnswer } from '../../../db/data/revision.ts';
import { type Edit, editRow } from '../../../domain/dataset/edit.ts';
import { parseRowFilter, selectRows } from '../../../domain/dataset/filter.ts';
import { placeRows, remarksOf } from '../../../domain/dataset/place.ts';
import { editsTo } from '../../../domain/dataset/row-edits.ts';
import { FilterError } from '../../../domain/filter-tokens.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { refused } from '../../failures.ts';
import { contentOf, rowForm, textsOf } from './row.ts';
import { readForm } from '../ui/form.ts';
import { show } from '../ui/page.ts';
import { segment } from '../ui/parts.ts';

const LONGEST_TAG = 200;

const idOf = (context: Context<ConsoleEnv>): string => context.req.param('id') ?? '';

/** What an owner does to a dataset's newest version: each change makes the next one. Sealed rows are neither shown nor edited. */
export function datasetChanges(deps: AppDeps): Hono<ConsoleEnv> {
  const routes = new Hono<ConsoleEnv>();

  routes.post('/:id/rows/:row', async (context) => {
    const field = await readForm(context);
    const [dataset, id] = [idOf(context), context.req.param('row')];
    const texts = textsOf(field);
    const { content, fault } = contentOf(texts);
    if (content === null) {
      context.status(400);
      return rowForm(context, { dataset, id, hash: field('hash'), texts, fault });
    }
    const edit = (row: Example): Example => editRow(row, editsTo(row, content));
    return change(deps, context, {
      dataset,
      what: `row ${id}`,
      revise(before) {
        const chosen = rowToEdit(before, { dataset, id, hash: field('hash') });
        return before.map((row) => (row === chosen ? edit(row) : row));
      },
    });
  });

  routes.post('/:id/rows/:row/remove', async (context) => {
    const field = await readForm(context);
    const [dataset, id] = [idOf(context), context.req.param('row')];
    return change(deps, context, {
      dataset,
      what: `row ${id} taken out`,
      revise(before) {
        const chosen = rowToEdit(before, { dataset, id, hash: field('hash') });
        return before.filter((row) => row !== chosen);
      },
    });
  });

  routes.post('/:id/tag', async (context) => {
    const field = await readForm(context);
    const [dataset, text] = [idOf(context), field('q')];
    const edit = tagEdit(field('tag'), field('act') === 'unset' ? null : field('value'));
    const parsed = text === '' ? null : filterOf(text);
    return change(deps, context, {
      dataset,
      what: `tag ${field('tag')} of ${text || 'all rows'}`,
      revise(before) {
        const { found } = selectRows(before, parsed);
        const chosen = new Set(found.filter(({ part }) => part !== 'sealed'));
        if (chosen.size === 0) throw refused('q', `The filter finds no row of ${dataset}.`);
        return before.map((row): Example => (chosen.has(row) ? editRow(row, [edit]) : row));
      },
    });
  });

  routes.post('/:id/filter', async (context) => {
    const field = await readForm(context);
    const [dataset, text, as] = [idOf(context), field('q'), field('as')];
    if (text === '') throw refused('q', 'Write a filter first: it says which rows stay.');
    if (as !== '' && !datasetName.safeParse(as).success)
      throw refused('as', `\`${as}\` is no name; use a-z, 0-9, dot, dash and underscore.`);
    const parsed = filterOf(text);
    return change(deps, context, {
      dataset,
      ...(as !== '' && { name: as }),
      what: `rows of ${text}`,
      revise(before) {
        const { found, kept } = selectRows(before, parsed);
        if (found.length === 0) throw refused('q', `The filter finds no row of ${dataset}.`);
        const chosen = new Set(found);
        return before.filter((row) => chosen.has(row) || (kept > 0 && row.part === 'sealed'));
      },
    });
  });
  return routes;
}

/** @throws NotFoundError | SealedError | RequestError where somebody changed it meanwhile */
function rowToEdit(
  before: readonly PlacedExample[],
  { dataset, id, hash }: { readonly dataset: string; readonly id: string; readonly hash: string },
): PlacedExample {
  const row = before.find((one) => one.id === id);
  if (row === undefined) throw new NotFoundError('row', id, `see the rows of ${dataset}`);
  if (row.part === 'sealed') throw new SealedError(`row ${id}`);
  if (row.hash === hash) return row;
  throw refused('hash', `Row ${id} was changed meanwhile; open it again and edit that.`, 409);
}

function tagEdit(tag: string, value: string | null): Edit {
  if (tag === '' || tag.length > LONGEST_TAG) throw refused('tag', 'Name the tag.');
  const field = { group: 'tags', keys: [tag] } as const;
  if (value === null) return { kind: 'unset', field };
  if (value === '') throw refused('value', `Give the tag ${tag} a value, or take it off.`);
  return { kind: 'set', field, value };
}

function filterOf(text: string): ReturnType<typeof parseRowFilter> {
  try {
    return parseRowFilter(text);
  } catch (error) {
    throw error instanceof FilterError ? refused('q', error.message) : error;
  }
}

type Changing = {
  /** Its newest version is what is changed. */
  readonly dataset: string;
  readonly name?: string;
  readonly what: string;
  readonly revise: (before: readonly PlacedExample[]) => readonly Example[];
};

async function change(
  { db, project }: AppDeps,
  context: Context<ConsoleEnv>,
  { dataset: base, what, ...revision }: Changing,
): Promise<Response> {
  if (base.includes('@'))
    throw refused('dataset', 'A version never changes; name the dataset alone.');
  const { sealed } = splitPolicy.parse({});
  const place = (examples: readonly Example[], split: Parameters<typeof placeRows>[1]) =>
    placeRows({ examples, sealed }, split);
  const made = await db
    .transaction()
    .execute(async (tx) => {
      const answer = await reviseAndCompare(tx, { project, base, ...revision, place }, remarksOf);
      const detail = { from: answer.from, what };
      if (answer.created)
        await writeAudit(tx, {
          project,
          who: context.get('who'),
          action: 'edit',
          subject: answer.id,
          detail,
        });
      return answer;
    })
    .catch((error: unknown) => {
      throw error instanceof ImportError ? refused('rows', error.message) : error;
    });
  const path = `/datasets/${segment(made.id)}?since=${segment(made.from)}`;
  return made.remarks.length === 0 ? context.redirect(path, 303) : told(context, { made, path });
}

/** What the change meant for the split, before the version itself. */
const told = (
  context: Context<ConsoleEnv>,
  { made, path }: { readonly made: RevisionAnswer; readonly path: string },
): Response | Promise<Response> =>
  show(context, {
    title: made.id,
    body: html`<section class="card narrow">
      <h1>${made.id}</h1>
      <ul>
        ${made.remarks.map((remark) => html`<li>${remark}</li>`)}
      </ul>
      <p><a href="${path}">See what changed</a></p>
    </section>`,
  });
