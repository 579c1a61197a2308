import { html } from 'hono/html';
import type { PromptVersion } from '../../../contracts/prompt.ts';
import { diffOf } from './diff.ts';
import type { Html } from './page.ts';
import { plain } from './parts.ts';

type Pair = {
  readonly from: PromptVersion;
  readonly to: PromptVersion;
  readonly versions: readonly PromptVersion[];
};

/** Two versions to choose, what changed between them, and the text of the later one. */
export const versionForm = ({ from, to, versions }: Pair): Html =>
  html`<form method="get" class="row narrow-form">
      ${choice('from', from, versions)} ${choice('to', to, versions)}
      <button>Compare</button>
    </form>
    ${diffOf(from.text, to.text)}
    <h3>Text of version ${to.number}</h3>
    <div class="card">${plain(to.text)}</div>`;

const choice = (name: string, chosen: PromptVersion, versions: readonly PromptVersion[]): Html =>
  html`<label
    >${name}
    <select name="${name}">
      ${versions.map(
        ({ number }) =>
          html`<option value="${number}" ${number === chosen.number ? 'selected' : ''}>
            version ${number}
          </option>`,
      )}
    </select>
  </label>`;
