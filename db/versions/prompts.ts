import type { Selectable } from 'kysely';
import { hashText } from '../../contracts/hash.ts';
import type { PromptVersion } from '../../contracts/prompt.ts';
import { checkPlaceholders, variablesOf } from '../../contracts/template.ts';
import { type Db, inTransaction } from '../connect.ts';
import { NotFoundError } from '../errors.ts';
import { holdName } from '../names.ts';
import type { Database } from '../tables.ts';
import { putTexts } from './texts.ts';

export type NewPrompt = {
  readonly project: string;
  readonly name: string;
  readonly text: string;
  readonly message?: string;
  readonly parent?: number;
  readonly cycle?: string;
  readonly models?: Readonly<Record<string, string>>;
};

/** A new numbered version, or the one that has this text already. @throws TemplateError where an expression is not understood */
export function registerPrompt(
  db: Db,
  { project, name, text, message, parent, cycle, models }: NewPrompt,
): Promise<{ readonly version: PromptVersion; readonly created: boolean }> {
  return inTransaction(db, async (tx) => {
    await holdName(tx, 'prompt', { project, name });
    const versions = await listPromptVersions(tx, { project, name });
    const hash = hashText(text);
    const before = versions.find((version) => version.hash === hash);
    if (before) return { version: before, created: false };
    checkPlaceholders(`prompt ${name}`, text);
    await putTexts(tx, { project, texts: [text] });
    const row = await tx
      .insertInto('prompt_version')
      .values({
        project,
        prompt: name,
        number: (versions.at(-1)?.number ?? 0) + 1,
        hash,
        text,
        variables: variablesOf(text),
        message: message ?? null,
        parent: parent ?? null,
        cycle: cycle ?? null,
        models: models === undefined ? null : JSON.stringify(models),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return { version: versionOf(row), created: true };
  });
}

/** By `name` (the newest version), `name@3` or `name@alias`. @throws NotFoundError */
export async function getPrompt(
  db: Db,
  { project, reference }: { readonly project: string; readonly reference: string },
): Promise<PromptVersion> {
  const [name = '', which] = reference.split('@');
  const versions = await listPromptVersions(db, { project, name });
  const number = await numberOf(db, { project, name, which });
  const found = number === null ? versions.at(-1) : versions.find((v) => v.number === number);
  if (found) return found;
  throw new NotFoundError('prompt', reference, 'see `attune prompt list`');
}

async function numberOf(
  db: Db,
  at: { readonly project: string; readonly name: string; readonly which: string | undefined },
): Promise<number | null> {
  if (at.which === undefined) return null;
  if (/^\d+$/.test(at.which)) return Number(at.which);
  const row = await db
    .selectFrom('prompt_alias')
    .select('number')
    .where('project', '=', at.project)
    .where('prompt', '=', at.name)
    .where('alias', '=', at.which)
    .executeTakeFirst();
  if (row) return row.number;
  throw new NotFoundError(
    'alias',
    `${at.name}@${at.which}`,
    `set it with \`attune prompt alias ${at.name} ${at.which} <version>\``,
  );
}

/** Oldest first. */
export async function listPromptVersions(
  db: Db,
  { project, name }: { readonly project: string; readonly name: string },
): Promise<readonly PromptVersion[]> {
  const rows = await db
    .selectFrom('prompt_version')
    .selectAll()
    .where('project', '=', project)
    .where('prompt', '=', name)
    .orderBy('number')
    .execute();
  return rows.map(versionOf);
}

export type PromptSummary = {
  readonly name: string;
  readonly versions: number;
  /** Version number by alias. */
  readonly aliases: Readonly<Record<string, number>>;
};

export async function listPrompts(db: Db, project: string): Promise<readonly PromptSummary[]> {
  const rows = await db
    .selectFrom('prompt_version')
    .select(['prompt', (eb) => eb.fn.max('number').as('versions')])
    .where('project', '=', project)
    .groupBy('prompt')
    .orderBy('prompt')
    .execute();
  const aliases = await db
    .selectFrom('prompt_alias')
    .selectAll()
    .where('project', '=', project)
    .orderBy('alias')
    .execute();
  return rows.map(({ prompt, versions }) => ({
    name: prompt,
    versions,
    aliases: Object.fromEntries(
      aliases.filter((row) => row.prompt === prompt).map((row) => [row.alias, row.number]),
    ),
  }));
}

function versionOf(row: Selectable<Database['prompt_version']>): PromptVersion {
  return {
    name: row.prompt,
    number: row.number,
    hash: row.hash,
    text: row.text,
    variables: row.variables,
    message: row.message,
    parent: row.parent,
    cycle: row.cycle,
    models: row.models,
    createdAt: row.created_at.toISOString(),
  };
}
