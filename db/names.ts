import type { Db } from './connect.ts';
import { ensureProject } from './projects.ts';

/** Makes a name known and holds it until the transaction ends, so that its versions are numbered one after the other. */
export async function holdName(
  tx: Db,
  noun: 'prompt' | 'scorer',
  { project, name }: { readonly project: string; readonly name: string },
): Promise<void> {
  await ensureProject(tx, { project });
  await tx
    .insertInto(noun)
    .values({ project, name })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  await tx
    .selectFrom(noun)
    .select('name')
    .where('project', '=', project)
    .where('name', '=', name)
    .forNoKeyUpdate()
    .execute();
}
