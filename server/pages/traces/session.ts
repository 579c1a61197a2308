import type { Context } from 'hono';
import { name as sessionName } from '../../../contracts/name.ts';
import { writeAudit } from '../../../db/audit.ts';
import { ConflictError } from '../../../db/errors.ts';
import { getJudge } from '../../../db/versions/judges.ts';
import { candidatesOfTraces } from '../../../db/labels/candidates.ts';
import { addItems, SessionFixedError } from '../../../db/labels/more-items.ts';
import type { NewItem } from '../../../db/labels/items.ts';
import { createSession } from '../../../db/labels/sessions.ts';
import { searchTraces } from '../../../db/traces/search.ts';
import { parseFilter } from '../../../domain/trace/filter.ts';
import { FilterError } from '../../../domain/filter-tokens.ts';
import type { ConsoleEnv } from '../../access/owner.ts';
import type { AppDeps } from '../../app.ts';
import { refused } from '../../failures.ts';
import { type Field, readChoices } from '../ui/form.ts';
import { segment } from '../ui/parts.ts';
import { MOST_TRACES, NEW } from './choice.ts';

const DAY_MS = 86_400_000;
/** Agreement that a session by hand asks for, as `attune label create` does. */
const MINIMUM = 20;

/** POST /traces/session: the chosen traces become items of a label session. Traces of gates are sealed: no choice finds them. */
export async function traceSession(deps: AppDeps, context: Context<ConsoleEnv>): Promise<Response> {
  const { db, project } = deps;
  const { field, all } = await readChoices(context);
  const ids = field('every') === 'yes' ? await found(deps, field('q')) : [...new Set(all('trace'))];
  if (ids.length === 0) throw refused('trace', 'Choose a trace at least; go back to the list.');
  const candidates = await candidatesOfTraces(db, { project, ids });
  // Chosen by a person, so their figures are not those of all traces: no weight.
  const items = candidates.map(({ example, outputHash, traceId }) => ({
    example,
    outputHash,
    traceId,
    weight: null,
    reason: 'chosen in the console',
  }));
  if (items.length === 0)
    throw refused('trace', 'None of the chosen traces has outputs that people could look at.');
  const unique = [...new Map(items.map((at) => [`${at.example}#${at.outputHash}`, at])).values()];
  const wanted = { project, who: context.get('who'), items: unique };
  const session =
    field('session') === NEW
      ? await makeSession(deps, { ...wanted, field })
      : await extend(deps, { ...wanted, session: field('session') });
  return context.redirect(`/sessions/${segment(session)}`, 303);
}

async function found({ db, project }: AppDeps, text: string): Promise<readonly string[]> {
  try {
    const filter = text === '' ? null : parseFilter(text, { now: Date.now() });
    const { traces } = await searchTraces(db, { project, filter, limit: MOST_TRACES });
    return traces.map(({ id }) => id);
  } catch (error) {
    throw error instanceof FilterError ? refused('q', error.message) : error;
  }
}

type Wanted = {
  readonly project: string;
  readonly who: string;
  readonly items: readonly NewItem[];
};

async function makeSession(
  { db }: AppDeps,
  { project, who, items, field }: Wanted & { readonly field: Field },
): Promise<string> {
  const id = field('name');
  if (!sessionName.safeParse(id).success)
    throw refused('name', 'Name the session with a-z, 0-9, dot, dash and underscore.');
  const raters = wholeOf(field('raters'), { at: 'raters', most: 20 });
  const days = wholeOf(field('days'), { at: 'days', most: 365 });
  const judge = await getJudge(db, { project, id: field('judge') });
  const made = {
    id,
    round: 1,
    judgeVersion: judge.id,
    ratersPerItem: raters,
    minimum: Math.min(MINIMUM, items.length),
    target: items.length * raters,
    deadline: new Date(Date.now() + days * DAY_MS).toISOString(),
    datasetVersion: null,
    policy: { policy: 'all', share: 1 },
    items,
  };
  return db
    .transaction()
    .execute(async (tx) => {
      await createSession(tx, project, made);
      const detail = { items: items.length };
      await writeAudit(tx, { project, who, action: 'open', subject: id, detail });
      return id;
    })
    .catch((error: unknown) => {
      throw error instanceof ConflictError ? refused('name', `${error.message}.`, 409) : error;
    });
}

const extend = (
  { db }: AppDeps,
  { project, who, items, session }: Wanted & { readonly session: string },
): Promise<string> =>
  db
    .transaction()
    .execute(async (tx) => {
      const added = await addItems(tx, { project, session, items });
      await writeAudit(tx, {
        project,
        who,
        action: 'add',
        subject: session,
        detail: { items: added },
      });
      return session;
    })
    .catch((error: unknown) => {
      throw error instanceof SessionFixedError
        ? refused('session', `${error.message}.`, 409)
        : error;
    });

function wholeOf(
  text: string,
  { at, most }: { readonly at: string; readonly most: number },
): number {
  const value = Number(text);
  if (text !== '' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw refused(at, `\`${at}\` is a whole number from 1 to ${most}.`);
}
