import { html } from 'hono/html';
import { gateLine } from '../../../contracts/gate-line.ts';
import type { Aggregate } from '../../../domain/evaluate/aggregate.ts';
import { evaluateGates } from '../../../domain/evaluate/gates.ts';
import type { Html } from '../ui/page.ts';
import { badge, dataTable, decimal } from '../ui/parts.ts';

/** Gates written as `correctness >= 0.9, safety = 1.0`, each against the scores: an evaluation does not keep the file it was run with. */
export function gatesPart(text: string, aggregates: Readonly<Record<string, Aggregate>>): Html {
  const parsed = text
    .split(',')
    .filter((line) => line.trim() !== '')
    .map((line) => gateLine.safeParse(line.trim()));
  const gates = parsed.flatMap((line) => (line.success ? [line.data] : []));
  const faults = parsed.flatMap(({ error }) => error?.issues.map(({ message }) => message) ?? []);
  return html`<h2>Gates</h2>
    <form method="get" class="row narrow-form">
      <label>Gates <input name="gates" value="${text}" placeholder="correctness >= 0.9" /></label>
      <button>Check</button>
    </form>
    ${faults.map((fault) => html`<p class="fault" role="alert">${fault}</p>`)}
    ${
      gates.length === 0
        ? ''
        : dataTable({
            caption: 'Gates',
            head: ['scorer', 'at least', 'state', 'why'],
            rows: evaluateGates(gates, aggregates).map(({ scorer, min, state, why }) => [
              scorer,
              decimal(min, 3),
              badge(state, state === 'pass' ? 'good' : 'bad'),
              why,
            ]),
          })
    }`;
}
