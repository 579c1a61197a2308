import { html } from 'hono/html';
import type { DriveTurn } from '../../../contracts/drive.ts';
import { took, usd } from '../ui/figures.ts';
import type { Html } from '../ui/page.ts';
import { segment } from '../ui/parts.ts';

/** An answer takes longer than this where no worker is at work, or the agent is slow. */
const PATIENCE_MS = 15_000;

/** While the agent is at work, or nobody is. */
export function waitingPart(turn: DriveTurn, connected: boolean): Html {
  const late = Date.now() - Date.parse(turn.askedAt) > PATIENCE_MS;
  return html`<div class="said agent waits">
    <p>
      The agent is answering.
      <a href="/drive/${segment(turn.drive)}#newest">Look again</a>
    </p>
    ${
      late
        ? html`<p>
              It takes longer than usual. Your message is kept: an agent worker (<code
                >npx attune up</code
              >) answers it as soon as one runs.
            </p>
            ${connected ? againForm(turn, 'Hand it over again') : ''}`
        : ''
    }
  </div>`;
}

const WORDS: Readonly<Record<string, (agent: string) => string>> = {
  'agent-timeout': (agent) => `${agent} did not answer in its time.`,
  'agent-error': (agent) => `${agent} failed at this message.`,
  'agent-died': (agent) => `The process of ${agent} ended while it was answering.`,
  'not-sent': () => 'Your message is kept, but no worker could be told of it.',
};

/** Why there is no answer. What was the agent's own doing stays so; what was ours may be asked again. */
export function troublePart(turn: DriveTurn, agent: string): Html {
  const words = WORDS[turn.error?.kind ?? ''] ?? (() => 'The agent could not be asked.');
  const asked = turn.error?.kind !== 'not-sent';
  return html`<div class="said agent trouble" role="group" aria-label="No answer">
    <b>No answer</b>
    <p>${words(agent)}</p>
    <p class="hint">${turn.error?.message ?? ''}</p>
    ${asked && turn.latencyMs !== null ? factsLine(turn) : ''}
    ${turn.status === 'missing' ? againForm(turn, 'Ask again') : ''}
  </div>`;
}

const againForm = ({ drive, turn }: DriveTurn, text: string): Html =>
  html`<form method="post" action="/drive/${segment(drive)}/turns/${turn}/again">
    <button>${text}</button>
  </form>`;

/** Time, price and versions of an answer, and the way to its trace. */
export const factsLine = ({ latencyMs, price, versions, traceId, practice }: DriveTurn): Html =>
  html`<p class="hint">
    ${[
      ...(latencyMs === null ? [] : [took(latencyMs)]),
      ...(price === null ? [] : [usd(price)]),
      ...Object.entries(versions).map(([name, number]) => `${name} ${number}`),
      ...(practice ? ['practice model'] : []),
    ].join(' · ')}
    · <a href="/traces/${segment(traceId)}">Trace</a>
  </p>`;
