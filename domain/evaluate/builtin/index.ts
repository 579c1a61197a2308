import type { BuiltinEntry } from '../../../contracts/scorer-entry.ts';
import type { JudgeDefinition } from '../../../contracts/judge.ts';
import type { BuiltinJudge } from './judge.ts';
import { safety } from './safety.ts';

const ALL: readonly BuiltinJudge[] = [safety];

/** The judges that come with Attune, by name. */
export const BUILTIN_JUDGES: Readonly<Record<string, BuiltinJudge>> = Object.fromEntries(
  ALL.map((judge) => [judge.definition.name, judge]),
);

/** No judge of this name comes with Attune. */
export class UnknownBuiltinError extends Error {
  override readonly name = 'UnknownBuiltinError';
  constructor(asked: string) {
    super(
      `no built-in judge is named \`${asked}\`; there are ${Object.keys(BUILTIN_JUDGES).join(', ')}`,
    );
  }
}

/** The definition that an entry stands for. @throws UnknownBuiltinError */
export function builtinDefinition(entry: BuiltinEntry): JudgeDefinition {
  const found = Object.hasOwn(BUILTIN_JUDGES, entry.builtin)
    ? BUILTIN_JUDGES[entry.builtin]
    : undefined;
  if (found === undefined) throw new UnknownBuiltinError(entry.builtin);
  const { builtin: _, ...own } = entry;
  const given = Object.entries(own).filter(([, value]) => value !== undefined);
  return { ...found.definition, ...Object.fromEntries(given) };
}
