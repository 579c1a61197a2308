import { z } from 'zod';
import { duration, milliseconds } from '../../contracts/duration.ts';
import type { Db } from '../../db/connect.ts';
import {
  createLinks,
  listLinks as list,
  type RaterLink,
  revokeLinks as revoke,
  signingKey,
} from '../../db/labels/links.ts';
import { getSession } from '../../db/labels/sessions.ts';
import { signLink } from '../../domain/label/link-token.ts';
import type { Operation } from '../operation.ts';
import { rater, sessionId } from './shapes.ts';

const link = z.strictObject({
  session: z.string(),
  rater: z.string(),
  expiresAt: z.string(),
  revokedAt: z.string().nullable(),
  path: z.string().describe('where it leads, on the address of the server'),
});
const links = z.strictObject({ links: z.array(link) });

const listing = z.strictObject({ session: sessionId });
export const listLinks = {
  name: 'label.links',
  says: 'Lists the links with which raters label in a session, newest first.',
  // Whoever holds a link labels under its name.
  role: 'admin',
  effect: 'reads',
  input: listing,
  output: links,
  example: { session: 'spot-check' },
  async run({ db, project }, { session }) {
    await getSession(db, { project, session });
    return linksOf(db, project, await list(db, { project, session }));
  },
} as const satisfies Operation<typeof listing, typeof links>;

const making = z.strictObject({
  session: sessionId,
  raters: z.array(rater).min(1).describe('names of raters, each gets a link'),
  expires: duration.default('14d').describe('how long a new link opens'),
  fresh: z.boolean().default(false).describe('new ones also where one is open'),
});
export const makeLinks = {
  name: 'label.link',
  says: 'Makes links with which raters label in a session, each their own.',
  role: 'editor',
  effect: 'writes',
  input: making,
  output: links,
  example: { session: 'spot-check', raters: ['ana'] },
  audit: 'within',
  async run({ db, project, who, now }, { session, raters, expires, fresh }) {
    const expiresAt = new Date(now + milliseconds(expires)).toISOString();
    const at = { project, session, who };
    return linksOf(db, project, await createLinks(db, { ...at, raters, expiresAt, fresh }));
  },
} as const satisfies Operation<typeof making, typeof links>;

const revoking = z.strictObject({ session: sessionId, rater });
const revoked = z.strictObject({ revoked: z.int().describe('links that open nothing any more') });
export const revokeLinks = {
  name: 'label.revoke',
  says: 'Takes back the links of a rater in a session.',
  role: 'editor',
  effect: 'writes',
  input: revoking,
  output: revoked,
  example: { session: 'spot-check', rater: 'ana' },
  audit: 'within',
  async run({ db, project, who }, given) {
    return { revoked: await revoke(db, { project, who, ...given }) };
  },
} as const satisfies Operation<typeof revoking, typeof revoked>;

async function linksOf(
  db: Db,
  project: string,
  found: readonly RaterLink[],
): Promise<z.infer<typeof links>> {
  const key = await signingKey(db, project);
  const signed = found.map(({ id, ...rest }) => ({
    ...rest,
    path: `/label/${signLink(key, project, { id, expires: Date.parse(rest.expiresAt) })}`,
  }));
  return { links: signed };
}
