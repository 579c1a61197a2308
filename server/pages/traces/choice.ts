import type { Context } from 'hono';
import { html } from 'hono/html';
import { listJudges } from '../../../db/versions/judges.ts';
import { listSessions, type SessionSummary } from '../../../db/labels/sessions.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import type { Html } from '../ui/page.ts';
import { segment } from '../ui/parts.ts';

/** Traces of further pages that one click may add. */
export const MOST_TRACES = 1_000;
/** Stands for a session that is made. */
export const NEW = '';

export type Choosing = {
  /** The filter, and whether it finds more than stand on the page. */
  readonly text: string;
  readonly further: boolean;
  /** The list of traces, with a checkbox `trace` each. */
  readonly list: Html;
};

/** The list of a search as a form: what is checked goes into a label session, new or open. */
export async function choicePart(
  { db, project }: AppDeps,
  context: Context<ConsoleEnv>,
  { text, further, list }: Choosing,
): Promise<Html> {
  const [judges, sessions] = await Promise.all([
    listJudges(db, { project }),
    listSessions(db, { project }),
  ]);
  const open = sessions.filter(({ cycle, state }) => cycle === null && state === 'open');
  const names = [...new Set(judges.map(({ name }) => name))];
  const all = context.req.query('chosen') === 'all';
  return html`<form method="post" action="/traces/session" class="choice">
    <fieldset class="card">
      <legend>Ask people about these</legend>
      ${
        names.length === 0
          ? html`<p class="empty">
              There is no question to ask yet:
              <code>npx attune judge create</code> makes a judge.
            </p>`
          : html`<div class="row">
              ${fields({ names, open, sessions, text })}
              <button class="primary">Add to a session</button>
            </div>`
      }
      <p class="row">
        <a href="?q=${segment(text)}${all ? '' : '&chosen=all'}"
          >${all ? 'Choose none' : 'Choose all on this page'}</a
        >
        ${
          further
            ? html`<label class="check">
                <input type="checkbox" name="every" value="yes" />
                all that the filter finds, at most ${MOST_TRACES.toLocaleString('en')}
              </label>`
            : ''
        }
        <input type="hidden" name="q" value="${text}" />
      </p>
    </fieldset>
    ${list}
  </form>`;
}

type Fields = {
  readonly names: readonly string[];
  readonly open: readonly SessionSummary[];
  readonly sessions: readonly SessionSummary[];
  readonly text: string;
};

const fields = ({ names, open, sessions, text }: Fields): Html =>
  html`<label>
      Session
      <select name="session">
        <option value="${NEW}">a new one</option>
        ${open.map(({ id, judge }) => html`<option value="${id}">${id} (${judge})</option>`)}
      </select>
    </label>
    <label>
      Its name, if new
      <input name="name" value="${freeName(text, sessions)}" maxlength="100" spellcheck="false" />
    </label>
    <label>
      Its question, if new
      <select name="judge">
        ${names.map((name) => html`<option value="${name}">${name}</option>`)}
      </select>
    </label>
    <label class="short">
      Raters <input name="raters" type="number" min="1" max="20" value="2" />
    </label>
    <label class="short">
      Days <input name="days" type="number" min="1" max="365" value="7" />
    </label>`;

function freeName(text: string, sessions: readonly SessionSummary[]): string {
  const about = text.includes('label.thumbs') ? 'feedback' : 'traces';
  const base = `${about}-${new Date().toISOString().slice(0, 10)}`;
  const taken = new Set(sessions.map(({ id }) => id));
  for (let n = 2, name = base; ; name = `${base}-${n}`, n += 1) if (!taken.has(name)) return name;
}
