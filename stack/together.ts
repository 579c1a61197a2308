import type { Assembly } from './assembly.ts';

/** Waits for all; when one fails, ends the whole stack, lets the others come to rest and throws what failed first. */
export async function together<const Work extends readonly unknown[]>(
  assembly: Pick<Assembly, 'stop'>,
  work: Work,
): Promise<{ -readonly [Index in keyof Work]: Awaited<Work[Index]> }> {
  try {
    return await Promise.all(work);
  } catch (error) {
    await assembly.stop();
    await Promise.allSettled(work);
    throw error;
  }
}
