import type { Command } from 'commander';
import { listLinks, makeLinks, revokeLinks } from '../../operations/label/links.ts';
import type { OutputOf } from '../../operations/operation.ts';
import type { Act, Cli } from '../cli.ts';
import { operate, verbOf } from '../operate.ts';
import { collect } from '../options.ts';
import { visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

type Options = {
  readonly rater: readonly string[];
  readonly expires?: string;
  readonly revoke?: string;
};
type Link = OutputOf<typeof listLinks>['links'][number];
type RaterUrl = Omit<Link, 'path'> & { readonly url: string };

/** label links: one for each rater, to send to them; anybody who has it labels under that name until it expires. */
export function addLinks(label: Command, act: Act): void {
  verbOf(label, listLinks, { words: '<session>' })
    .option('--rater <name>', 'make a link for this rater; may be given again', collect, [])
    .option('--expires <duration>', 'how long a new link opens, such as 14d (default 14d)')
    .option('--revoke <rater>', 'take back the links of this rater')
    .action(
      act<[string, Options]>(async (cli, session, { rater: raters, expires, revoke }) => {
        if (revoke !== undefined) await operate(cli, revokeLinks, { session, rater: revoke });
        const fresh = expires !== undefined;
        const { links } =
          raters.length > 0
            ? await operate(cli, makeLinks, { session, raters: [...raters], expires, fresh })
            : await operate(cli, listLinks, { session });
        const base = baseOf(cli);
        const urls = links.map(({ path, ...link }) => ({ ...link, url: base + path }));
        cli.print(urls, () => linkTable(urls));
      }),
    );
}

/** Where links lead: `ATTUNE_URL` where the server has a name of its own, else the running stack's server. */
const baseOf = (cli: Cli): string =>
  (cli.env.all['ATTUNE_URL'] ?? cli.connections.server().url).replace(/\/+$/, '');

const standing = ({ revokedAt, expiresAt }: RaterUrl): string => {
  if (revokedAt !== null) return `revoked ${revokedAt}`;
  return expiresAt < new Date().toISOString() ? `expired ${expiresAt}` : `until ${expiresAt}`;
};

const linkTable = (urls: readonly RaterUrl[]): string =>
  urls.length === 0
    ? 'No link yet: --rater NAME makes one.'
    : table(
        ['rater', 'opens', 'link'],
        urls.map((link) => [visible(link.rater), standing(link), link.url]),
      );
