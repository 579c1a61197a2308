import { html } from 'hono/html';
import type { CycleReport } from '../../../contracts/report.ts';
import { timeBar } from '../ui/bar.ts';
import { took, usd } from '../ui/figures.ts';
import type { Html } from '../ui/page.ts';
import { badge, dataTable } from '../ui/parts.ts';

/** The phases on one line of time, each with what it took and cost. */
export function phasesPart(phases: CycleReport['phases']): Html {
  const now = Date.now();
  const times = phases.map((row) => ({
    ...row,
    start: Date.parse(row.startedAt),
    end: row.endedAt === null ? now : Date.parse(row.endedAt),
  }));
  const from = Math.min(...times.map(({ start }) => start));
  const to = Math.max(...times.map(({ end }) => end));
  return html`<h2>Timeline</h2>
    ${dataTable({
      caption: 'Timeline',
      head: ['phase', 'when', 'took', 'calls', 'price', 'note'],
      rows: times.map(({ phase, start, end, endedAt, calls, price, note }) => [
        endedAt === null ? badge(phase, 'wait') : phase,
        timeBar({ start, end, from, to }),
        endedAt === null ? `${took(end - start)} so far` : took(end - start),
        calls,
        usd(price),
        note,
      ]),
      empty: 'The cycle has not begun its first phase.',
    })}`;
}

export function spendPart(spend: CycleReport['spend']): Html {
  const total = Object.values(spend).reduce((sum, { price }) => sum + price, 0);
  return html`<h2>Spend: ${usd(total)}</h2>
    ${dataTable({
      caption: 'Spend by purpose',
      head: ['purpose', 'calls', 'from the ledger', 'input tokens', 'output tokens', 'price'],
      rows: Object.entries(spend).map(([purpose, row]) => [
        purpose,
        row.calls,
        row.reused,
        row.inputTokens.toLocaleString('en'),
        row.outputTokens.toLocaleString('en'),
        usd(row.price),
      ]),
      empty: 'No model was asked so far.',
    })}`;
}
