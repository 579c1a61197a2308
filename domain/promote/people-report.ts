import type { PeopleReport } from '../../contracts/report.ts';
import { intervalOf } from '../statistics/mean.ts';
import type { PeopleCheck } from './people-check.ts';

/** The check as the report of a gate holds it. */
export function peopleReport(check: PeopleCheck): PeopleReport {
  const { labelled, clusters, raw, corrected, rates, roganGladen } = check;
  return {
    labelled,
    clusters,
    raw: raw === null ? null : { mean: raw.mean, interval: intervalOf(raw) },
    corrected:
      corrected === null
        ? null
        : {
            mean: corrected.estimate,
            interval: intervalOf(corrected),
            lambda: corrected.lambda,
          },
    rates,
    roganGladen,
  };
}
