import { claimed } from '../../../domain/people/claimed.ts';
import { html } from 'hono/html';
import type { JsonObject } from '../../../contracts/json.ts';
import type { Example } from '../../../contracts/example.ts';
import { listAudit } from '../../../db/audit.ts';
import { diffVersions, type RowChange } from '../../../db/data/diff.ts';
import type { AppDeps } from '../../app.ts';
import { diffOf } from '../ui/diff.ts';
import type { Html } from '../ui/page.ts';
import { segment } from '../ui/parts.ts';

const SHOWN = 20;

/** What a version changed of another one, and who made it so; of sealed rows only how many. */
export async function revisionPart(
  { db, project }: AppDeps,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<Html> {
  const link = html`<a href="/datasets/${segment(from)}">${from}</a>`;
  if (from === to)
    return html`<section class="card notice" role="status">
      <h2>Nothing changed</h2>
      <p>${from} holds just that already, so there is no new version.</p>
    </section>`;
  const { rows, sealed } = await diffVersions(db, { project, from, to });
  const [made] = await listAudit(db, { project, subject: to });
  const hidden = sealed.added + sealed.changed + sealed.removed;
  const of = (change: RowChange['change']): number =>
    rows.filter((row) => row.change === change).length + sealed[change];
  return html`<section class="card notice" role="status">
    <h2>${to} beside ${link}</h2>
    <p>
      ${of('added')} added, ${of('changed')} changed, ${of('removed')}
      removed${made === undefined ? '' : `, by ${claimed(made.who)}`}.
      ${hidden === 0 ? '' : `Of these ${hidden} are sealed, and not shown.`} ${from} stays as it
      was.
    </p>
    ${rows.slice(0, SHOWN).map(changePart)}
    ${rows.length > SHOWN ? html`<p class="hint">And ${rows.length - SHOWN} more.</p>` : ''}
  </section>`;
}

const changePart = ({ id, change, before, after }: RowChange): Html =>
  html`<details class="changes">
    <summary>${id}: ${change}</summary>
    ${diffOf(textOf(before), textOf(after))}
  </details>`;

function textOf(row: Example | null): string {
  if (row === null) return '';
  const { inputs, outputs, expectations, tags } = row;
  const groups: Record<string, JsonObject | undefined> = { inputs, outputs, expectations, tags };
  return JSON.stringify(groups, null, 2);
}
