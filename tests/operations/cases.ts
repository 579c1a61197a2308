import { moveAlias } from '../../db/versions/aliases.ts';
import { registerPrompt } from '../../db/versions/prompts.ts';
import { createJudgeVersion } from '../../db/versions/judges.ts';
import { DEFINITION, PROJECT } from '../db/fixture.ts';
import { openLabelSession } from '../server/session.ts';
import type { Doors } from './doors.ts';

type Asked = { readonly input: object; readonly cli?: readonly string[] };

export type Case = {
  /** Its words on the command line, where they are not those of its name; '' where it has no command of its own. */
  readonly command?: string;
  /** Two of it, by operation and by words, must answer alike. */
  readonly reads?: Asked;
  /** Written twice under one key, it leaves one row of audit of the subject. */
  readonly writes?: { readonly input: object; readonly subject: string; readonly action?: string };
  /** One field names what is `nowhere`. */
  readonly foreign?: Asked;
};

const SESSION = 'demo/1/1';

/** What the tests walk over, by operation; `fill` has made what they name. */
export const CASES: Readonly<Record<string, Case>> = {
  'cycle.list': { reads: { input: {}, cli: ['cycle', 'list'] } },
  'cycle.show': {
    reads: { input: { cycle: 'demo/1' }, cli: ['cycle', 'show', 'demo/1'] },
    foreign: { input: { cycle: 'nowhere' }, cli: ['cycle', 'show', 'nowhere'] },
  },
  'cycle.report': {
    foreign: { input: { cycle: 'nowhere/1' }, cli: ['cycle', 'report', 'nowhere/1'] },
  },
  'cycle.resume': {
    foreign: { input: { cycle: 'nowhere' }, cli: ['cycle', 'resume', 'nowhere'] },
  },
  'cycle.pool': { foreign: { input: { cycle: 'nowhere' }, cli: ['cycle', 'pool', 'nowhere'] } },
  'cycle.approve': {
    foreign: {
      input: { cycle: 'nowhere', why: 'fine' },
      cli: ['cycle', 'approve', 'nowhere', '--why', 'fine'],
    },
  },
  'cycle.cancel': { foreign: { input: { cycle: 'nowhere' }, cli: ['cycle', 'cancel', 'nowhere'] } },
  'cycle.labeling-complete': {
    foreign: {
      input: { cycle: 'nowhere' },
      cli: ['cycle', 'labeling-complete', 'nowhere'],
    },
  },
  'judge.list': { reads: { input: {}, cli: ['judge', 'list'] } },
  'judge.show': {
    reads: { input: { judge: 'routing' }, cli: ['judge', 'show', 'routing'] },
    foreign: { input: { judge: 'nowhere' }, cli: ['judge', 'show', 'nowhere'] },
  },
  'judge.diff': {
    reads: {
      input: { before: 'routing@1', after: 'routing@2' },
      cli: ['judge', 'diff', 'routing@1', 'routing@2'],
    },
    foreign: {
      input: { before: 'nowhere', after: 'routing' },
      cli: ['judge', 'diff', 'nowhere', 'routing'],
    },
  },
  'judge.create': {
    writes: { input: { judge: { ...DEFINITION, name: 'fresh' } }, subject: 'fresh@1' },
  },
  'judge.unalign': {
    foreign: {
      input: { judge: 'nowhere', rater: ['ana'] },
      cli: ['judge', 'unalign', 'nowhere', '--rater', 'ana'],
    },
  },
  'label.list': { reads: { input: {}, cli: ['label', 'list'] } },
  'label.show': {
    reads: { input: { session: SESSION }, cli: ['label', 'show', SESSION] },
    foreign: { input: { session: 'nowhere' }, cli: ['label', 'show', 'nowhere'] },
  },
  'label.items': {
    reads: { input: { session: SESSION }, cli: ['label', 'items', SESSION] },
    foreign: { input: { session: 'nowhere' }, cli: ['label', 'items', 'nowhere'] },
  },
  'label.export': {
    reads: { input: { session: SESSION }, cli: ['label', 'export', '--session', SESSION] },
    foreign: {
      input: { session: 'nowhere' },
      cli: ['label', 'export', '--session', 'nowhere'],
    },
  },
  'label.import': {
    writes: {
      input: { labels: [{ trace_id: 'trace-0', rater: 'ana', name: 'routing', value: true }] },
      subject: SESSION,
      action: 'label',
    },
  },
  'label.close': {
    foreign: { input: { session: 'nowhere' }, cli: ['label', 'close', 'nowhere'] },
  },
  'label.links': {
    reads: { input: { session: SESSION } },
    foreign: { input: { session: 'nowhere' }, cli: ['label', 'links', 'nowhere'] },
  },
  'label.link': {
    command: '',
    writes: {
      input: { session: SESSION, raters: ['zoe'] },
      subject: SESSION,
      action: 'link',
    },
  },
  'label.revoke': {
    command: '',
    writes: { input: { session: SESSION, rater: 'zoe' }, subject: SESSION, action: 'revoke' },
  },
  'label.adjudicate': {
    writes: {
      input: { session: SESSION, ordinal: 0, value: true, rationale: 'seen' },
      subject: SESSION,
      action: 'adjudicate',
    },
  },
  'label.feedback': { command: '' },
  'watch.start': {
    command: 'promote watch start',
    foreign: { input: { cycle: 'nowhere' }, cli: ['promote', 'watch', 'start', 'nowhere'] },
  },
  'watch.show': {
    command: 'promote watch show',
    foreign: { input: { cycle: 'nowhere' }, cli: ['promote', 'watch', 'show', 'nowhere'] },
  },
  'watch.list': {
    command: 'promote watch list',
    reads: { input: {}, cli: ['promote', 'watch', 'list'] },
  },
  'watch.record': { command: 'promote watch record' },
  'watch.stop': {
    command: 'promote watch stop',
    foreign: { input: { cycle: 'nowhere' }, cli: ['promote', 'watch', 'stop', 'nowhere'] },
  },
  'prompt.register': {
    writes: { input: { name: 'fresh', text: 'Be {{brief}}.' }, subject: 'fresh@1' },
  },
  'prompt.list': { reads: { input: {}, cli: ['prompt', 'list'] } },
  'prompt.versions': {
    command: '',
    reads: { input: { name: 'router' }, cli: ['prompt', 'list', 'router'] },
    foreign: { input: { name: 'nowhere' }, cli: ['prompt', 'list', 'nowhere'] },
  },
  'prompt.show': {
    reads: { input: { prompt: 'router@1' }, cli: ['prompt', 'show', 'router@1'] },
    foreign: { input: { prompt: 'nowhere' }, cli: ['prompt', 'show', 'nowhere'] },
  },
  'prompt.diff': {
    reads: {
      input: { from: 'router@1', to: 'router@2' },
      cli: ['prompt', 'diff', 'router@1', 'router@2'],
    },
    foreign: {
      input: { from: 'router@1', to: 'nowhere' },
      cli: ['prompt', 'diff', 'router@1', 'nowhere'],
    },
  },
  'prompt.alias': {
    writes: {
      input: { prompt: 'router', alias: 'staging', version: 2, why: 'a try' },
      subject: 'router@staging',
    },
  },
  'prompt.history': {
    reads: { input: { prompt: 'router' }, cli: ['prompt', 'history', 'router'] },
    foreign: { input: { prompt: 'nowhere' }, cli: ['prompt', 'history', 'nowhere'] },
  },
  'prompt.rollback': {
    writes: { input: { prompt: 'router', why: 'worse' }, subject: 'router@production' },
  },
};

/** A project with one of everything that the cases name. */
export async function fill({ db }: Doors): Promise<void> {
  await openLabelSession(db);
  const definition = { ...DEFINITION, instructions: 'Is {{outputs}} best for {{inputs}}?' };
  await createJudgeVersion(db, { project: PROJECT, definition, memory: null });
  const at = { project: PROJECT, prompt: 'router', alias: 'production', who: 'ada', why: 'a test' };
  for (const text of ['Route {{message}}.', 'Route {{message}} well.'])
    await registerPrompt(db, { project: PROJECT, name: 'router', text });
  await moveAlias(db, { ...at, expected: null, to: 1 });
  await moveAlias(db, { ...at, expected: 1, to: 2 });
}
