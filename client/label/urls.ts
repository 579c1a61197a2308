import type { Db } from '../../db/connect.ts';
import { type RaterLink, signingKey } from '../../db/labels/links.ts';
import { signLink } from '../../domain/label/link-token.ts';
import type { Cli } from '../cli.ts';

/** Where links lead: `ATTUNE_URL` where the server has a name of its own, else the running stack's server. */
const baseOf = (cli: Cli): string =>
  (cli.env.all['ATTUNE_URL'] ?? cli.connections.server().url).replace(/\/+$/, '');

export type RaterUrl = Omit<RaterLink, 'id'> & { readonly url: string };

/** Links as people open them. */
export async function raterUrls(
  cli: Cli,
  db: Db,
  links: readonly RaterLink[],
): Promise<readonly RaterUrl[]> {
  const { project } = cli.connections;
  const key = await signingKey(db, project);
  const base = baseOf(cli);
  return links.map(({ id, ...link }) => ({
    ...link,
    url: `${base}/label/${signLink(key, project, { id, expires: Date.parse(link.expiresAt) })}`,
  }));
}
