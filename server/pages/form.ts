import type { Context } from 'hono';

/** The text fields of a posted form, trimmed; a field that is not there reads as ''. */
export async function readForm(context: Context): Promise<(name: string) => string> {
  const given = await context.req.parseBody();
  return (name) => {
    const value = given[name];
    return typeof value === 'string' ? value.trim() : '';
  };
}
