import { claimed } from '../../../domain/people/claimed.ts';
import { html } from 'hono/html';
import type { Db } from '../../../db/connect.ts';
import { type ItemContent, listItemContents } from '../../../db/labels/items.ts';
import { answerFormOf } from '../../../domain/label/answer-form.ts';
import type { Html } from '../ui/page.ts';
import { plain, segment } from '../ui/parts.ts';
import type { SessionFigures } from './figures.ts';

const A_PAGE = 10;

type Contested = SessionFigures['contested'][number];

/** Items whose raters do not agree, ten a page, each with what was asked and answered and a form to decide it. */
export async function contestedPart(
  db: Db,
  { session, contested, definition }: SessionFigures,
  page: number,
): Promise<Html> {
  const pages = Math.max(1, Math.ceil(contested.length / A_PAGE));
  const at = Math.min(Math.max(1, page), pages);
  const shown = contested.slice((at - 1) * A_PAGE, at * A_PAGE);
  const { project, id } = session;
  const ordinals = shown.map(({ item }) => item.ordinal);
  const contents = new Map(
    (await listItemContents(db, { project, session: id, ordinals })).map((row) => [
      row.ordinal,
      row,
    ]),
  );
  return html`<h2 id="decide">To decide</h2>
    <p class="hint">
      Contested items teach the judge nothing until somebody decides. The figures of agreement stay
      as the raters gave them.
    </p>
    ${
      shown.length === 0
        ? html`<p class="empty">No item is contested.</p>`
        : html`<ul class="cards">
              ${shown.map((one) =>
                card(one, {
                  content: contents.get(one.item.ordinal),
                  form: decideForm(id, one.item.ordinal, definition),
                }),
              )}
            </ul>
            ${pages > 1 ? pager({ session: id, at, pages, of: contested.length }) : ''}`
    }`;
}

const card = (
  { item, labels, decided }: Contested,
  { content, form }: { readonly content: ItemContent | undefined; readonly form: Html },
): Html =>
  html`<li class="card">
    <h3>Item ${item.ordinal + 1}: ${item.example}</h3>
    ${
      content === undefined
        ? ''
        : html`<details>
            <summary>What was asked and answered</summary>
            ${plain(content.inputs)} ${plain(content.outputs)}
            ${
              item.traceId.startsWith('recorded/')
                ? ''
                : html`<p><a href="/traces/${segment(item.traceId)}">The trace</a></p>`
            }
          </details>`
    }
    <ul>
      ${labels.map(
        ({ rater, value, rationale }) =>
          html`<li>
            <b>${rater}</b>: ${String(value)}${rationale === null ? '' : html`, ${rationale}`}
          </li>`,
      )}
    </ul>
    ${
      decided === null
        ? ''
        : html`<p class="good">
            ${claimed(decided.who)} decided:
            ${String(decided.value)}${decided.rationale === null ? '' : html`, ${decided.rationale}`}
          </p>`
    }
    ${form}
  </li>`;

const pager = (of: {
  readonly session: string;
  readonly at: number;
  readonly pages: number;
  readonly of: number;
}): Html => {
  const link = (page: number, text: string): Html =>
    html`<a href="/sessions/${segment(of.session)}?page=${page}#decide">${text}</a>`;
  return html`<nav class="row" aria-label="Contested items">
    ${of.at > 1 ? link(of.at - 1, 'Previous') : ''}
    <span>Page ${of.at} of ${of.pages}, ${of.of} items</span>
    ${of.at < of.pages ? link(of.at + 1, 'Next') : ''}
  </nav>`;
};

function decideForm(
  session: string,
  ordinal: number,
  definition: SessionFigures['definition'],
): Html {
  const form = answerFormOf(definition);
  return html`<form method="post" action="/sessions/${segment(session)}/decide" class="row">
    <input type="hidden" name="ordinal" value="${ordinal}" />
    <label
      >Value
      ${
        form.kind === 'choices'
          ? html`<select name="value">
              ${form.choices.map(
                ({ value, text }) =>
                  html`<option value="${JSON.stringify(value)}">${text}</option>`,
              )}
            </select>`
          : html`<input name="value" required />`
      }
    </label>
    <label>Why <input name="rationale" maxlength="10000" /></label>
    <button>Decide</button>
  </form>`;
}
