import { THUMBS } from '../../contracts/feedback.ts';
import type { JudgeDefinition } from '../../contracts/judge.ts';
import type { LabelLine } from '../../contracts/label.ts';
import { kindOf } from '../../contracts/scorer.ts';
import type { Value } from '../../contracts/value.ts';
import type { Db } from '../connect.ts';
import { listJudges } from '../versions/judges.ts';
import type { Target } from './target.ts';

/** Labels to be recorded, and what an answer to a judge's question is. */
export type Asked = {
  readonly project: string;
  readonly lines: readonly LabelLine[];
  /** Why a value is no answer to the judge's question; null when it is one. */
  readonly faultOf: (judge: JudgeDefinition, value: Value) => string | null;
};

export type Judges = Readonly<Record<string, JudgeDefinition>>;

/** Definitions by name: of the session's judge version where there is one, else the newest. */
export async function judgesOf(
  tx: Db,
  request: Asked,
  targets: readonly Target[],
): Promise<Judges> {
  const { project, lines } = request;
  const names = [...new Set(lines.map((line) => line.name))];
  const ids = [...new Set(targets.flatMap(({ session }) => session?.judgeVersion ?? []))];
  const rows = await tx
    .selectFrom('scorer_version')
    .select(['id', 'scorer', 'definition'])
    .where('project', '=', project)
    .where((eb) =>
      eb.or([
        eb('id', 'in', [...ids, '']),
        eb.and([eb('scorer', 'in', names), eb('kind', '=', 'version')]),
      ]),
    )
    .orderBy('number')
    .execute();
  const asked = rows.filter(({ id }) => ids.includes(id));
  const judges = [...rows, ...asked].flatMap(({ scorer, definition }) =>
    kindOf(definition) === 'judge' ? [[scorer, definition as JudgeDefinition] as const] : [],
  );
  return Object.fromEntries(judges);
}

/** Why a line is no label; null when it is one. */
export async function faultIn(
  tx: Db,
  { project, faultOf, line, judges }: Asked & { readonly line: LabelLine; readonly judges: Judges },
): Promise<string | null> {
  const judge = Object.hasOwn(judges, line.name) ? judges[line.name] : undefined;
  if (judge) return faultOf(judge, line.value);
  if (line.name === THUMBS)
    return typeof line.value === 'boolean' ? null : 'thumbs are true (up) or false (down)';
  const names = (await listJudges(tx, { project })).map(({ name }) => name);
  const known = [...new Set(names)].join(', ') || 'none';
  return `no judge is called \`${line.name}\`; a label is named after the judge whose question it answers (known: ${known})`;
}
