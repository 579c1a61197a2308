import { html } from 'hono/html';
import type { Html } from '../ui/page.ts';
import { segment } from '../ui/parts.ts';

/** Changes of the rows that the filter finds, for the newest version of a dataset. */
export const changeForms = ({
  name,
  text,
  found,
}: {
  readonly name: string;
  readonly text: string;
  readonly found: number;
}): Html | string =>
  found === 0
    ? ''
    : html`<details class="card">
        <summary>Change ${text === '' ? 'all rows' : 'the rows found'}</summary>
        <form method="post" action="/datasets/${segment(name)}/tag" class="row narrow-form">
          <input type="hidden" name="q" value="${text}" />
          <label>Tag <input name="tag" required maxlength="200" spellcheck="false" /></label>
          <label>Value <input name="value" spellcheck="false" /></label>
          <button class="primary" name="act" value="set">
            Set on ${found.toLocaleString('en')}
          </button>
          <button name="act" value="unset">Take off</button>
        </form>
        ${
          text === ''
            ? ''
            : html`<form
                method="post"
                action="/datasets/${segment(name)}/filter"
                class="row narrow-form"
              >
                <input type="hidden" name="q" value="${text}" />
                <label>
                  Keep only these rows, in the dataset
                  <input name="as" placeholder="${name}" maxlength="100" spellcheck="false" />
                </label>
                <button>Keep ${found.toLocaleString('en')}</button>
              </form>`
        }
        <p class="hint">
          Each change makes a new version; those there are stay. Sealed rows are not tagged here,
          and a filter over content keeps them all.
        </p>
      </details>`;
