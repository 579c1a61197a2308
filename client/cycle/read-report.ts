import type { CycleReport } from '../../contracts/report.ts';
import { getReport } from '../../db/reports.ts';
import type { Cli } from '../cli.ts';
import { uiLink } from './links.ts';
import { type CycleName, workflowIdOf } from './reference.ts';

/** The report of a cycle, with the link to its workflow where the UI's address is known; null while there is none. */
export async function readReport(cli: Cli, name: CycleName): Promise<CycleReport | null> {
  const report = await getReport(await cli.connections.database(), name);
  const link = uiLink(cli.env, workflowIdOf(name));
  if (report === null || link === null) return report;
  return { ...report, links: { ...report.links, 'Temporal UI': link } };
}
