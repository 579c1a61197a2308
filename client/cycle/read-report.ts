import type { CycleReport } from '../../contracts/report.ts';
import { workflowIdOf } from '../../operations/cycle/reference.ts';
import { reportCycle } from '../../operations/cycle/report.ts';
import type { Cli } from '../cli.ts';
import { operate } from '../operate.ts';
import { uiLink } from './links.ts';

/** The report of a cycle, with the link to its workflow where the UI's address is known. @throws NotFoundError while there is none */
export async function readReport(
  cli: Cli,
  name: Parameters<typeof workflowIdOf>[0],
): Promise<CycleReport> {
  const id = workflowIdOf(name);
  const report = await operate(cli, reportCycle, { cycle: id });
  const link = uiLink(cli.env, id);
  return link === null ? report : { ...report, links: { ...report.links, 'Temporal UI': link } };
}
