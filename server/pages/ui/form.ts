import type { Context } from 'hono';
import { refuseNulIn } from '../../access/nul.ts';

/** A text field of a posted form, trimmed; one that is not there reads as ''. */
export type Field = (name: string) => string;

/** The text fields of a posted form. */
export async function readForm(context: Context): Promise<Field> {
  const given = await context.req.parseBody();
  refuseNulIn(given);
  return (name) => {
    const value = given[name];
    return typeof value === 'string' ? value.trim() : '';
  };
}

/** The same, with every value of a field that may be given several times. */
export async function readChoices(
  context: Context,
): Promise<{ readonly field: Field; readonly all: (name: string) => readonly string[] }> {
  const given = await context.req.parseBody({ all: true });
  refuseNulIn(given);
  const all = (name: string): readonly string[] =>
    [given[name] ?? []]
      .flat()
      .flatMap((value) => (typeof value === 'string' ? [value.trim()] : []));
  return { field: (name) => all(name)[0] ?? '', all };
}
