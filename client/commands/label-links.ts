import type { Command } from 'commander';
import { duration, milliseconds } from '../../contracts/duration.ts';
import { createLinks, listLinks, revokeLinks } from '../../db/labels/links.ts';
import { getSession } from '../../db/labels/sessions.ts';
import { type Act, verb } from '../cli.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';
import { type RaterUrl, raterUrls } from '../label/urls.ts';
import { collect } from '../options.ts';
import { visible } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';

type Options = {
  readonly rater: readonly string[];
  readonly expires?: string;
  readonly revoke?: string;
};

const DEFAULT = '14d';

/** label links: one for each rater, to send to them; anybody who has it labels under that name until it expires. */
export function addLinks(label: Command, act: Act): void {
  verb(label, 'links <session>', 'links with which raters label, each their own')
    .option('--rater <name>', 'make a link for this rater; may be given again', collect, [])
    .option('--expires <duration>', `how long a new link opens, such as 14d (default ${DEFAULT})`)
    .option('--revoke <rater>', 'take back the links of this rater')
    .action(
      act<[string, Options]>(async (cli, session, { rater, expires, revoke }) => {
        const db = await cli.connections.database();
        const at = { project: cli.connections.project, session, who: cli.env.user };
        await getSession(db, at);
        if (revoke !== undefined) await revokeLinks(db, { ...at, rater: revoke });
        const expiresAt = new Date(Date.now() + lasting(expires)).toISOString();
        const fresh = expires !== undefined;
        const made =
          rater.length > 0
            ? await createLinks(db, { ...at, raters: rater.map(named), expiresAt, fresh })
            : await listLinks(db, at);
        const urls = await raterUrls(cli, db, made);
        cli.print(urls, () => linkTable(urls));
      }),
    );
}

function lasting(text: string | undefined): number {
  const checked = duration.safeParse(text ?? DEFAULT);
  if (checked.success) return milliseconds(checked.data);
  throw new InvalidInputError([
    { at: '--expires', message: `\`${text}\`: use a duration such as 36h or 14d` },
  ]);
}

function named(rater: string): string {
  const name = rater.trim();
  if (name !== '' && name.length <= 100) return name;
  throw new InvalidInputError([{ at: '--rater', message: 'a name has 1 to 100 characters' }]);
}

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
