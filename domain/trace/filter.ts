import {
  FAMILIES,
  NUMBER_COLUMNS,
  TEXT_COLUMNS,
  type TraceFilter,
} from '../../contracts/trace-filter.ts';
import { readFilter } from '../filter.ts';
import { comparisonOf } from './filter-comparison.ts';

/**
 * Reads a filter such as `status = ERROR and latency_ms > 5000 and not (tag.eval = complete or judge.routing = no)`. `now`, in milliseconds, is what `start >
 * -24h` counts from.
 * @throws FilterError naming the column
 */
export const parseFilter = (filter: string, { now }: { readonly now: number }): TraceFilter =>
  readFilter(filter, {
    columns: COLUMNS,
    example: 'status = ERROR',
    read: (compared) => comparisonOf(compared, now),
  });

const COLUMNS = [
  'status',
  'start',
  'text',
  ...NUMBER_COLUMNS,
  ...TEXT_COLUMNS,
  ...FAMILIES.map((family) => `${family}.<name>`),
].join(', ');
