import type { GateReport } from '../../contracts/report.ts';
import { decimal } from '../figures.ts';

export const GUARDRAIL_HEADINGS = ['guardrail', 'state', 'estimate', 'bounds', 'limit', 'note'];

/** The guardrails of a gate as cells under `GUARDRAIL_HEADINGS`, for a terminal or a page. */
export const guardrailRows = ({
  guardrails,
}: Pick<GateReport, 'guardrails'>): readonly (readonly string[])[] =>
  guardrails.map((row) => [
    row.metric,
    row.state,
    decimal(row.estimate, 3),
    `${decimal(row.lower, 3)} to ${decimal(row.upper, 3)}`,
    decimal(row.limit, 3),
    row.note,
  ]);
