import type { Context } from 'hono';
import { html } from 'hono/html';
import { listAudit } from '../../../db/audit.ts';
import { listLinks, type RaterLink, signingKey } from '../../../db/labels/links.ts';
import { itemKey } from '../../../domain/label/consensus.ts';
import { coefficientsOf } from '../../../domain/label/ratings.ts';
import { signLink } from '../../../domain/label/link-token.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { intervalsChart } from '../ui/chart.ts';
import { percent } from '../ui/figures.ts';
import { type Html, show } from '../ui/page.ts';
import { badge, dataTable, decimal, facts, moment, segment } from '../ui/parts.ts';
import { auditPart } from './audit.ts';
import { contestedPart } from './contested.ts';
import { type SessionFigures, sessionFigures } from './figures.ts';

const AUDITED = 50;

/** One session for its owner: how far it is, its links, how the raters agree, and what needs a decision. */
export async function sessionView(
  { db, project }: AppDeps,
  context: Context<ConsoleEnv>,
  id: string,
): Promise<Response> {
  const at = { project, session: id };
  const found = await sessionFigures(db, at);
  const page = Number(context.req.query('page') ?? 1) || 1;
  const [links, key, audit, contested] = await Promise.all([
    listLinks(db, at),
    signingKey(db, project),
    listAudit(db, { project, subject: id, last: AUDITED }),
    contestedPart(db, found, page),
  ]);
  const { origin } = new URL(context.req.url);
  const urlOf = (link: RaterLink): string =>
    `${origin}/label/${signLink(key, project, { id: link.id, expires: Date.parse(link.expiresAt) })}`;
  return show(context, {
    title: id,
    scripts: ['charts.js'],
    body: html`<h1>${id}</h1>
      ${head(found)} ${ratersTable(found)} ${linksPart(id, links, urlOf)} ${agreementPart(found)}
      ${contested} ${disputedPart(found)} ${auditPart(audit)}`,
  });
}

const head = ({ session, items, labels, skips, agreed, contested }: SessionFigures): Html =>
  html`${facts({
    state: badge(session.state, session.state === 'open' ? 'wait' : 'calm'),
    judge: session.judgeVersion,
    items: items.length,
    labels: `${labels.length} of ${session.target}`,
    skipped: skips.length,
    'items agreed on': agreed,
    contested: contested.length,
    decided: contested.filter(({ decided }) => decided !== null).length,
    'raters an item': session.ratersPerItem,
    deadline: moment(session.deadline),
    representative: items.every(({ weight }) => weight !== null) ? 'yes' : 'no: chosen by a policy',
  })}
  ${
    session.cycle === null && session.state === 'open'
      ? html`<form method="post" action="/sessions/${segment(session.id)}/close">
          <button>Close the session</button>
        </form>`
      : ''
  }`;

function ratersTable({ agreement, late, skips, items, contested }: SessionFigures): Html {
  const raters = [
    ...new Set([
      ...Object.keys(agreement.raters),
      ...skips.map(({ rater }) => rater),
      ...late.map(({ rater }) => rater),
    ]),
  ];
  const decided = contested.filter((item) => item.decided !== null);
  const asDecided = (rater: string): string => {
    const own = decided.flatMap(({ labels, ...item }) =>
      labels
        .filter((label) => label.rater === rater)
        .map(({ value }) => value === item.decided!.value),
    );
    return own.length === 0 ? 'none' : `${own.filter((same) => same).length} of ${own.length}`;
  };
  return html`<h2>Raters</h2>
    ${dataTable({
      caption: 'Raters',
      head: ['rater', 'labelled', 'skipped', 'late', 'as decided', 'reasons for skipping'],
      rows: raters.map((rater) => {
        const skipped = skips.filter((skip) => skip.rater === rater);
        return [
          rater,
          `${agreement.raters[rater] ?? 0} of ${items.length}`,
          skipped.length,
          late.filter((label) => label.rater === rater).length,
          asDecided(rater),
          skipped.map(({ ordinal, reason }) => `${ordinal + 1}: ${reason}`).join('; '),
        ];
      }),
      empty: 'Nobody has labelled yet.',
    })}`;
}

function linksPart(
  session: string,
  links: readonly RaterLink[],
  urlOf: (link: RaterLink) => string,
): Html {
  const now = new Date().toISOString();
  const open = (link: RaterLink): boolean => link.revokedAt === null && link.expiresAt > now;
  return html`<h2>Links</h2>
    ${dataTable({
      caption: 'Links',
      head: ['rater', 'opens', 'link', ''],
      rows: links.map((link) => [
        link.rater,
        link.revokedAt === null
          ? html`until ${moment(link.expiresAt)}`
          : html`revoked ${moment(link.revokedAt)}`,
        open(link)
          ? html`<input readonly value="${urlOf(link)}" aria-label="Link of ${link.rater}" />`
          : '',
        open(link)
          ? html`<form method="post" action="/sessions/${segment(session)}/revoke">
              <input type="hidden" name="rater" value="${link.rater}" />
              <button>Revoke</button>
            </form>`
          : '',
      ]),
      empty: 'No link yet.',
    })}
    <form method="post" action="/sessions/${segment(session)}/links" class="row narrow-form">
      <label>Rater <input name="rater" required maxlength="100" /></label>
      <label>Days <input name="days" type="number" min="1" max="365" value="14" /></label>
      <button class="primary">Make a link</button>
    </form>`;
}

/** For a talk of the raters: also where a majority settles it. */
const disputedPart = ({ session, agreement: { disputed }, items }: SessionFigures): Html => {
  const byKey = new Map(items.map((item) => [itemKey(item), item]));
  return html`<h2>Most disputed</h2>
    ${dataTable({
      caption: `Items of ${session.id} on which raters differ most`,
      head: ['item', 'example', 'what they said'],
      rows: disputed.map(({ item, labels }) => [
        byKey.get(item)!.ordinal + 1,
        byKey.get(item)!.example,
        Object.entries(labels)
          .map(([rater, said]) => `${rater}: ${said}`)
          .join(', '),
      ]),
      empty: 'The raters differ on no item.',
    })}`;
};

function agreementPart({ agreement, items: asked }: SessionFigures): Html {
  const unequal = new Set(asked.map(({ weight }) => weight)).size > 1;
  const rows = coefficientsOf(agreement);
  return html`<h2>Agreement</h2>
    ${facts({
      level: agreement.level,
      'pairs that say the same': percent(agreement.agreement),
      ...Object.fromEntries(
        Object.entries(agreement.prevalence).map(([value, share]) => [
          `"${value}"`,
          percent(share),
        ]),
      ),
      ...Object.fromEntries(
        Object.entries((unequal && agreement.estimated) || {}).map(([value, share]) => [
          `"${value}" of all outputs, by weight`,
          percent(share),
        ]),
      ),
    })}
    ${dataTable({
      caption: 'Agreement of the raters',
      head: ['figure', 'value', '95 % interval', 'items'],
      rows: rows.map(({ name, value, interval, items }) => [
        name,
        decimal(value, 3),
        interval === null ? 'none' : `${decimal(interval.low, 3)} to ${decimal(interval.high, 3)}`,
        items,
      ]),
    })}
    ${intervalsChart('Agreement with 95 % intervals', 'agreement', {
      percent: false,
      rows: rows.map(({ name, value, interval }) => ({ label: name, mean: value, interval })),
    })}`;
}
