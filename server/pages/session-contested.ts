import { html } from 'hono/html';
import { answerFormOf } from '../../domain/label/answer-form.ts';
import type { Html } from './page.ts';
import { segment } from './parts.ts';
import type { SessionFigures } from './session-figures.ts';

/** Items whose raters do not agree, each with a form to decide it. */
export const contestedList = ({ session, contested, definition }: SessionFigures): Html =>
  html`<h2>To decide</h2>
    <p class="hint">
      Contested items teach the judge nothing until somebody decides. The figures of agreement stay
      as the raters gave them.
    </p>
    ${
      contested.length === 0
        ? html`<p class="empty">No item is contested.</p>`
        : html`<ul class="cards">
            ${contested.map(
              ({ item, labels, decided }) =>
                html`<li class="card">
                  <h3>Item ${item.ordinal + 1}: ${item.example}</h3>
                  <ul>
                    ${labels.map(
                      ({ rater, value, rationale }) =>
                        html`<li>
                          <b>${rater}</b>:
                          ${String(value)}${rationale === null ? '' : html`, ${rationale}`}
                        </li>`,
                    )}
                  </ul>
                  ${
                    decided === null
                      ? ''
                      : html`<p class="good">
                          ${decided.who} decided:
                          ${String(decided.value)}${
                            decided.rationale === null ? '' : html`, ${decided.rationale}`
                          }
                        </p>`
                  }
                  ${decideForm(session.id, item.ordinal, definition)}
                </li>`,
            )}
          </ul>`
    }`;

function decideForm(
  session: string,
  ordinal: number,
  definition: SessionFigures['definition'],
): Html {
  const form = answerFormOf(definition);
  return html`<form method="post" action="/sessions/${segment(session)}/decide" class="stack">
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
