import type { CycleReport } from '../../contracts/report.ts';
import { aliasHistory } from '../../db/versions/aliases.ts';
import type { Db } from '../../db/connect.ts';
import { getCycle } from '../../db/cycles/cycles.ts';
import { getReport } from '../../db/cycles/reports.ts';
import type { Cli } from '../cli.ts';
import { uiLink } from './links.ts';
import { type CycleName, workflowIdOf } from './reference.ts';

/** The report of a cycle with what the aliases did up to now, and the link to its workflow where the UI's address is known; null while there is none. */
export async function readReport(cli: Cli, name: CycleName): Promise<CycleReport | null> {
  const db = await cli.connections.database();
  const stored = await getReport(db, name);
  const report = stored && { ...stored, moves: await movesOf(db, name) };
  const link = uiLink(cli.env, workflowIdOf(name));
  if (report === null || link === null) return report;
  return { ...report, links: { ...report.links, 'Temporal UI': link } };
}

/** A move by hand after the cycle's end shows in its report too. */
async function movesOf(db: Db, name: CycleName): Promise<NonNullable<CycleReport['moves']>> {
  const { project, spec, incumbent } = await getCycle(db, name);
  const histories = Object.keys(incumbent).map((prompt) =>
    aliasHistory(db, { project, prompt, alias: spec.alias }),
  );
  return (await Promise.all(histories)).flat();
}
