import type { Context } from 'hono';
import { Hono } from 'hono';
import { html } from 'hono/html';
import type { JudgeVersion } from '../../../contracts/scorer.ts';
import { getJudge, listJudges } from '../../../db/versions/judges.ts';
import { knownAgreement } from '../../../db/labels/known-agreement.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { agreementChart, agreementTable, confusionChart } from '../cycles/judge.ts';
import { diffOf } from '../ui/diff.ts';
import { type Html, show } from '../ui/page.ts';
import { dataTable, facts, plain, segment } from '../ui/parts.ts';

const EXAMPLES = 50;

/** /judges: every version; /judges/:id: one (`name@2`, or a name for the newest) with its memory and agreement with people. */
export function judgesPage(deps: AppDeps): Hono<ConsoleEnv> {
  const { db, project } = deps;
  const page = new Hono<ConsoleEnv>();
  page.get('/', async (context) => {
    const judges = await listJudges(db, { project });
    return show(context, {
      title: 'Judges',
      body: html`<h1>Judges</h1>
        ${dataTable({
          caption: 'Judges',
          head: ['judge', 'value', 'model', 'guidelines', 'examples'],
          rows: judges.map((judge) => [
            html`<a href="/judges/${segment(judge.id)}">${judge.id}</a>`,
            judge.definition.value.type,
            judge.definition.model ?? 'that of the role',
            judge.memory?.guidelines.length ?? 0,
            judge.memory?.snapshots.length ?? 0,
          ]),
          empty: html`No judge yet. <code>npx attune judge create</code> makes one.`,
        })}`,
    });
  });
  page.get('/:id', (context) => judgeView(deps, context, context.req.param('id')));
  return page;
}

async function judgeView(
  { db, project }: AppDeps,
  context: Context<ConsoleEnv>,
  id: string,
): Promise<Response> {
  const judge = await getJudge(db, { project, id });
  const versions = await listJudges(db, { project, name: judge.name });
  const known = await Promise.all(
    versions.map(async (at) => ({
      id: at.id,
      found: await knownAgreement(db, { project, judge: at.id }),
    })),
  );
  const measured = known.flatMap((at) => (at.found === null ? [] : [{ ...at, found: at.found }]));
  const agreement = Object.fromEntries(measured.map((at) => [at.id, at.found.agreement]));
  const own = agreement[judge.id];
  const before = versions.findLast(({ number }) => number < judge.number);
  return show(context, {
    title: judge.id,
    scripts: ['charts.js'],
    body: html`<h1>Judge ${judge.id}</h1>
      ${headPart(judge, versions)}
      <h2>Agreement with people, by version</h2>
      ${
        measured.length === 0
          ? html`<p class="empty">No cycle or alignment has measured it.</p>`
          : html`${agreementTable(agreement)} ${agreementChart(agreement)}`
      }
      ${own === undefined ? '' : confusionChart(judge.id, own)}
      <h2>Instructions</h2>
      <div class="card">${plain(judge.definition.instructions)}</div>
      ${
        before === undefined
          ? ''
          : html`<h3>Against ${before.id}</h3>
              ${diffOf(wholeOf(before), wholeOf(judge))}`
      }
      ${memoryPart(judge)}`,
  });
}

const headPart = ({ definition, memory }: JudgeVersion, versions: readonly JudgeVersion[]): Html =>
  facts({
    value: JSON.stringify(definition.value),
    model: definition.model ?? 'that of the role',
    guidelines: memory?.guidelines.length ?? 0,
    examples: memory?.snapshots.length ?? 0,
    versions: html`${versions.map(
      ({ id, number }) => html`<a href="/judges/${segment(id)}">${number}</a> `,
    )}`,
  });

/** Instructions and guidelines as one text, so that a difference of two versions shows both. */
const wholeOf = ({ definition, memory }: JudgeVersion): string =>
  [definition.instructions, ...(memory?.guidelines ?? []).map(({ text }) => `- ${text}`)].join(
    '\n',
  );

function memoryPart({ memory }: JudgeVersion): Html {
  if (memory === null)
    return html`<h2>Memory</h2>
      <p class="empty">This version has none.</p>`;
  return html`<h2>Guidelines</h2>
    <ul>
      ${memory.guidelines.map(
        ({ text, sources }) =>
          html`<li>${text} <small>(from ${sources.length} examples)</small></li>`,
      )}
    </ul>
    <h2>Examples: ${memory.snapshots.length}</h2>
    ${dataTable({
      caption: 'Examples',
      head: ['row', 'what was judged', 'value', 'rationales'],
      rows: memory.snapshots
        .slice(0, EXAMPLES)
        .map(({ item, fields, value, rationales }) => [
          item.split('#')[0] ?? item,
          plain(fields),
          JSON.stringify(value),
          rationales.map(({ rater, text }) => `${rater}: ${text}`).join('; '),
        ]),
    })}
    ${
      memory.snapshots.length > EXAMPLES
        ? html`<p class="hint">The first ${EXAMPLES} of ${memory.snapshots.length}.</p>`
        : ''
    }`;
}
