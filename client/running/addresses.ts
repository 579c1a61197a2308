import { randomBytes } from 'node:crypto';
import { signOpening } from '../../domain/console/opening.ts';
import type { StackInfo } from '../../stack/index.ts';
import { cyan, dim } from '../terminal/style.ts';

/** Where everything of a running stack is, for a person. */
export function addressesText(info: StackInfo): string {
  const rows: readonly (readonly [string, string])[] = [
    ...(info.temporal.ui === undefined ? [] : [['Temporal UI', cyan(info.temporal.ui)] as const]),
    ['Temporal', `${info.temporal.address} (namespace ${info.temporal.namespace})`],
    ['server', info.server === undefined ? 'not started' : info.server.url],
    ...(info.server === undefined
      ? []
      : [['open once', `${cyan(openingLink(info.server))} (within the hour)`] as const]),
    ['database', withoutPassword(info.database.url)],
    [
      'model',
      info.model.kind === 'practice' ? 'the practice model (no key, no cost)' : info.model.name,
    ],
    ['logs', info.logs],
  ];
  return rows.map(([what, where]) => `  ${dim(what.padEnd(12))} ${where}`).join('\n');
}

/** A link that signs a browser in, once. */
export function openingLink({ url, token }: NonNullable<StackInfo['server']>): string {
  const opening = { id: randomBytes(12).toString('base64url'), issued: Date.now() };
  return `${url}/open?code=${signOpening(token, opening)}`;
}

/** The stack as `--json` shows it: no token, no password. */
export function publicInfo(info: StackInfo) {
  const { server, database, temporal, owner: _owner, ...rest } = info;
  const { env: _env, ...visible } = temporal;
  return {
    ...rest,
    database: { ...database, url: withoutPassword(database.url) },
    temporal: visible,
    server: server === undefined ? null : { url: server.url },
  };
}

export function withoutPassword(address: string): string {
  const url = new URL(address);
  if (url.password !== '') url.password = '***';
  return url.href;
}
