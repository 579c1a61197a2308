import { name } from '../../contracts/name.ts';
import { cycleWorkflowId } from '../../contracts/temporal.ts';
import { InvalidInputError } from '../../contracts/invalid-input.ts';

/** A cycle by its business name; its workflow id follows from it. */
export type CycleName = {
  readonly project: string;
  readonly cycle: string;
  readonly number: number;
};

/** A cycle as typed; without a number, the latest of that name is meant. */
export type CycleReference = {
  readonly project: string;
  readonly cycle: string;
  readonly number: number | null;
};

export const workflowIdOf = ({ project, cycle, number }: CycleName): string =>
  cycleWorkflowId(project, cycle, number);

/** What stands under a name and a number: the head of its ids, its noun, and what lists all. */
export type Numbered = { readonly head: string; readonly noun: string; readonly list: string };
const CYCLE: Numbered = {
  head: 'cycle',
  noun: 'a cycle',
  list: '`npx attune cycle list` shows them.',
};

/** Reads `cycle/<project>/<name>/<n>`, `<name>/<n>` or `<name>`. @throws InvalidInputError */
export function parseReference(
  text: string,
  project: string,
  { head, noun, list }: Numbered = CYCLE,
): CycleReference {
  const parts = text.split('/');
  const whole = parts[0] === head && parts.length === 4;
  const [owner, cycle, number] = whole
    ? [parts[1]!, parts[2]!, parts[3]]
    : [project, parts[0]!, parts[1]];
  const fits = parts.length <= 2 || whole;
  const counted = number === undefined ? null : Number(number);
  const numbered = counted === null || (Number.isSafeInteger(counted) && counted > 0);
  if (!fits || !numbered || !name.safeParse(cycle).success || !name.safeParse(owner).success)
    throw new InvalidInputError(
      [{ at: text, message: `is not ${noun}` }],
      `Write its id (${head}/<project>/<name>/<n>), <name>/<n>, or <name> for the latest; ${list}`,
    );
  return { project: owner, cycle, number: counted };
}
