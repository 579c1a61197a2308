import type { Context } from 'hono';
import { html } from 'hono/html';
import type { Drive, DriveTurn } from '../../../contracts/drive.ts';
import { listTurns } from '../../../db/drives/turns.ts';
import { getDrive } from '../../../db/drives/drives.ts';
import { thumbsOf, type Thumb } from '../../../db/labels/thumbs.ts';
import { answerText } from '../../../domain/drive/inputs.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import { raterOf } from '../../../operations/label/feedback.ts';
import { userOf } from '../../api/feedback.ts';
import type { AppDeps } from '../../app.ts';
import { factsLine, troublePart, waitingPart } from './answer.ts';
import { usd } from '../ui/figures.ts';
import { type Html, show } from '../ui/page.ts';
import { facts, moment, segment } from '../ui/parts.ts';

export const LONGEST_MESSAGE = 20_000;
export const LONGEST_COMMENT = 10_000;

/** One talk. What was answered is read, and never asked for again. */
export async function driveView(
  deps: AppDeps,
  context: Context<ConsoleEnv>,
  id: string,
): Promise<Response> {
  const { db, project } = deps;
  const drive = await getDrive(db, { project, drive: id });
  const turns = await listTurns(db, { project, drive: id });
  const waits = turns.some(({ status }) => status === 'pending');
  return show(context, {
    title: `Talk with ${drive.agent}`,
    scripts: ['drive.js'],
    styles: ['drive.css'],
    body: html`<h1>Talk with ${drive.agent}</h1>
      ${facts({
        ...Object.fromEntries(
          Object.entries(drive.prompts).map(([name, which]) => [
            `prompt ${name}`,
            html`<a href="/prompts/${segment(name)}"
              >${/^\d+$/.test(which) ? `version ${which}` : which}</a
            >`,
          ]),
        ),
        begun: moment(drive.createdAt),
        by: drive.who,
        spent: usd(turns.reduce((sum, { price }) => sum + (price ?? 0), 0)),
      })}
      ${turnsPart(deps, { drive, turns, who: context.get('who') })}
      <form method="post" action="/drive/${segment(id)}/turns" class="card stack" id="composer">
        <label>
          Your message
          <textarea name="message" rows="3" required maxlength="${LONGEST_MESSAGE}"></textarea>
        </label>
        <div class="row">
          <button class="primary" ${waits ? html`disabled` : ''}>Send</button>
          <span class="hint" id="by-keys" hidden>Ctrl+Enter sends</span>
        </div>
      </form>
      <p>
        <a href="/drive/new?agent=${segment(drive.agent)}">Begin another talk</a> ·
        <a href="/traces?q=${segment(`session = drive/${id}`)}">Its traces</a> ·
        <a href="/traces?q=label.thumbs+%3D+false&chosen=all">Traces with negative feedback</a>
      </p>`,
  });
}

export type Talk = {
  readonly drive: Drive;
  readonly turns: readonly DriveTurn[];
  /** Whose thumbs are shown. */
  readonly who: string;
};

/** The messages and answers, the newest last; the script of the page asks for them again while one waits. */
export async function turnsPart(
  { db, project, temporal }: AppDeps,
  { drive: { id, agent }, turns, who }: Talk,
): Promise<Html> {
  const thumbs = await thumbsOf(db, { project, traces: turns.map(({ traceId }) => traceId) });
  const waits = turns.some(({ status }) => status === 'pending');
  const own = (turn: DriveTurn): Thumb | undefined =>
    thumbs.find(({ traceId, rater }) => traceId === turn.traceId && rater === raterOf(userOf(who)));
  return html`<ol
    id="turns"
    class="talk"
    aria-live="polite"
    aria-label="Messages and answers"
    data-address="/drive/${segment(id)}/turns"
    data-waits="${waits ? 'yes' : 'no'}"
  >
    ${turns.map(
      (turn, at) =>
        html`<li ${at === turns.length - 1 ? html`id="newest"` : ''}>
          <div class="said person">
            <b>You</b>
            <p>${turn.message}</p>
          </div>
          ${answerOf(turn, { agent, mine: own(turn), connected: temporal !== null })}
        </li>`,
    )}
  </ol>`;
}

type Facts = {
  readonly agent: string;
  readonly mine: Thumb | undefined;
  readonly connected: boolean;
};

function answerOf(turn: DriveTurn, { agent, mine, connected }: Facts): Html {
  if (turn.status === 'pending') return waitingPart(turn, connected);
  if (turn.status !== 'ok' || turn.outputs === null) return troublePart(turn, agent);
  return html`<div class="said agent">
      <b>${agent}</b>
      <pre class="plain">${answerText(turn.outputs)}</pre>
      ${factsLine(turn)}
    </div>
    ${thumbsForm(turn, mine)}`;
}

function thumbsForm({ drive, turn }: DriveTurn, mine: Thumb | undefined): Html {
  const button = (thumbs: 'up' | 'down'): Html =>
    html`<button
      name="thumbs"
      value="${thumbs}"
      aria-label="Thumbs ${thumbs}, answer ${turn}"
      aria-pressed="${mine !== undefined && mine.value === (thumbs === 'up') ? 'true' : 'false'}"
    >
      Thumbs ${thumbs}
    </button>`;
  return html`<form
    method="post"
    action="/drive/${segment(drive)}/turns/${turn}/thumbs"
    class="row thumbs"
  >
    ${button('up')} ${button('down')}
    <input
      name="comment"
      aria-label="Comment on answer ${turn}"
      placeholder="Why? (kept with the thumb)"
      maxlength="${LONGEST_COMMENT}"
      value="${mine?.rationale ?? ''}"
    />
  </form>`;
}
