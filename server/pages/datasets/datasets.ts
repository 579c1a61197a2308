import type { Context } from 'hono';
import { Hono } from 'hono';
import { html } from 'hono/html';
import { TUNE_PARTS } from '../../../contracts/part.ts';
import { listVersions, type VersionLine } from '../../../db/data/diff.ts';
import { countParts, getDataset, listDatasets, listExamples } from '../../../db/data/datasets.ts';
import type { PlacedExample } from '../../../db/data/examples.ts';
import { FilterError } from '../../../domain/filter-tokens.ts';
import { parseRowFilter, passes } from '../../../domain/dataset/filter.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { partsTable } from './parts.ts';
import { changeForms } from './change-forms.ts';
import { datasetChanges } from './changes.ts';
import { revisionPart } from './revision.ts';
import { rowView } from './row.ts';
import { filterForm } from '../ui/filter-form.ts';
import { type Html, show } from '../ui/page.ts';
import { dataTable, moment, plain, segment } from '../ui/parts.ts';
import { tagsText } from '../traces/view.ts';

const PAGE = 50;
const HELP =
  'id, conversation, part, trace, tag.<name>, inputs.<field>, outputs.<field>, expectations.<field>, text; for example: tag.lang = en and inputs.message ~ "my bill". Sealed rows are not searched.';

/** /datasets: all versions; /datasets/:id?q=...: one (`name@2`, or a name for the newest), its rows but for the sealed ones. */
export function datasetsPage(deps: AppDeps): Hono<ConsoleEnv> {
  const { db, project } = deps;
  const page = new Hono<ConsoleEnv>();
  page.get('/', async (context) => {
    const versions = await listDatasets(db, { project });
    return show(context, {
      title: 'Datasets',
      body: html`<h1>Datasets</h1>
        ${dataTable({
          caption: 'Datasets',
          head: ['version', 'rows', 'conversations', 'content'],
          rows: versions.map(({ id, size, conversations, hash }) => [
            html`<a href="/datasets/${segment(id)}">${id}</a>`,
            size,
            conversations,
            hash.slice(0, 12),
          ]),
          empty: html`No dataset yet. <code>npx attune dataset import</code> makes one.`,
        })}`,
    });
  });
  page.get('/:id', (context) => datasetView(deps, context, context.req.param('id')));
  page.get('/:id/rows/:row', (context) =>
    rowView(deps, context, { dataset: context.req.param('id'), id: context.req.param('row') }),
  );
  page.route('/', datasetChanges(deps));
  return page;
}

async function datasetView(
  deps: AppDeps,
  context: Context<ConsoleEnv>,
  wanted: string,
): Promise<Response> {
  const { db, project } = deps;
  const { id, name } = await getDataset(db, { project, id: wanted });
  const [lines, counts, rows] = await Promise.all([
    listVersions(db, { project, name }),
    countParts(db, { project, version: id }),
    listExamples(db, { project, version: id, parts: TUNE_PARTS }),
  ]);
  const newest = lines.at(-1)?.id ?? id;
  const since = lines.find((line) => line.id === context.req.query('since'))?.id;
  const text = context.req.query('q')?.trim() ?? '';
  const { found, fault } = select(rows, text);
  if (fault !== null) context.status(400);
  const asked = Number(context.req.query('from') ?? '0');
  const from = Number.isSafeInteger(asked) && asked > 0 ? asked : 0;
  return show(context, {
    title: id,
    styles: ['edit.css'],
    body: html`<h1>Dataset ${id}</h1>
      ${since === undefined ? '' : await revisionPart(deps, { from: since, to: id })}
      ${versionsTable(lines)}
      <h2>Parts</h2>
      ${partsTable(counts)}
      <h2>Rows outside of the sealed part: ${found.length}</h2>
      ${filterForm({ text, fault, help: HELP })}
      ${
        id === newest
          ? changeForms({ name, text, found: found.length })
          : html`<p class="hint">
              A version never changes. Rows are edited in the newest,
              <a href="/datasets/${segment(newest)}">${newest}</a>.
            </p>`
      }
      ${rowsTable(found.slice(from, from + PAGE), id === newest ? name : null)}
      ${
        found.length > from + PAGE
          ? html`<p><a href="?q=${segment(text)}&from=${from + PAGE}">More rows</a></p>`
          : ''
      }`,
  });
}

function select(
  rows: readonly PlacedExample[],
  text: string,
): { readonly found: readonly PlacedExample[]; readonly fault: string | null } {
  if (text === '') return { found: rows, fault: null };
  try {
    const filter = parseRowFilter(text);
    return { found: rows.filter((row) => passes(filter, row)), fault: null };
  } catch (error) {
    if (error instanceof FilterError) return { found: [], fault: error.message };
    throw error;
  }
}

const versionsTable = (lines: readonly VersionLine[]): Html =>
  dataTable({
    caption: 'Versions',
    head: ['version', 'rows', 'conversations', 'added', 'changed', 'removed', 'made'],
    rows: lines
      .toReversed()
      .map((line) => [
        html`<a href="/datasets/${segment(line.id)}">${line.id}</a>`,
        line.size,
        line.conversations,
        line.added,
        line.changed,
        line.removed,
        moment(line.createdAt),
      ]),
  });

/** `editable`: the dataset, where the rows are those of its newest version. */
const rowsTable = (rows: readonly PlacedExample[], editable: string | null): Html =>
  dataTable({
    caption: 'Rows',
    head: ['row', 'part', 'inputs', 'outputs', 'expectations', 'tags'],
    rows: rows.map((row) => [
      editable === null
        ? row.id
        : html`<a
            href="/datasets/${segment(editable)}/rows/${segment(row.id)}"
            aria-label="Edit row ${row.id}"
            >${row.id}</a
          >`,
      row.part,
      plain(row.inputs),
      row.outputs === undefined ? '' : plain(row.outputs),
      row.expectations === undefined ? '' : plain(row.expectations),
      tagsText(row.tags),
    ]),
    empty: 'No row matches.',
  });
