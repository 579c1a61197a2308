import { claimed } from '../../../domain/people/claimed.ts';
import { html } from 'hono/html';
import type { Json } from '../../../contracts/json.ts';
import type { listAudit } from '../../../db/audit.ts';
import type { Html } from '../ui/page.ts';
import { dataTable, moment } from '../ui/parts.ts';

type Entries = Awaited<ReturnType<typeof listAudit>>;

/** A rater labels by a link that was made for that name. */
const whoOf = ({ who, action }: Entries[number]): string =>
  action === 'label' ? who : claimed(who);

/** Who did what to a session, newest first. */
export const auditPart = (entries: Entries): Html =>
  html`<h2>Who did what</h2>
    ${dataTable({
      caption: 'Audit',
      head: ['when', 'who', 'what', 'of what'],
      rows: entries
        .toReversed()
        .map((row) => [moment(row.at), whoOf(row), row.action, detailText(row.detail)]),
    })}`;

type Detail = { readonly [name: string]: Json };

/** What stands in a detail, in words: items by their place, hashes and ids of links left out. */
function detailText(detail: Json | undefined): string {
  if (detail === null || typeof detail !== 'object' || Array.isArray(detail)) return '';
  const { ordinal, items, late, by, expires, ...rest } = detail as Detail;
  const named = ['rater', 'example', 'trace', 'value', 'why'].flatMap((name) =>
    rest[name] === undefined ? [] : [`${name} ${shown(rest[name])}`],
  );
  return [
    ...(typeof ordinal === 'number' ? [`item ${ordinal + 1}`] : []),
    ...(typeof items === 'number' ? [`${items} ${items === 1 ? 'item' : 'items'}`] : []),
    ...named,
    ...(late === true ? ['late'] : []),
    ...(by === undefined ? [] : [`sent by ${shown(by)}`]),
    ...(expires === undefined ? [] : [`until ${shown(expires).slice(0, 10)}`]),
  ].join(', ');
}

const shown = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
