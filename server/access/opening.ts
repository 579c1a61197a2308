import { OPENS_WITHIN_MS, readOpening } from '../../domain/console/opening.ts';

/** The clock of the machine where a link is made may be a little ahead. */
const SKEW_MS = 60_000;

export type Openings = {
  /** True for a code that this server's token signed, that is fresh, and that nobody has used. It is used from then on. */
  take(code: string): boolean;
};

/** Keeps which one-time codes were used. What was issued before this process began counts as used: it cannot know. */
export function createOpenings(token: string, now: () => number = Date.now): Openings {
  const begun = Math.floor(now() / 1_000) * 1_000;
  const used = new Map<string, number>();
  return {
    take(code) {
      const opening = readOpening(token, code);
      if (opening === null || used.has(opening.id)) return false;
      const { id, issued } = opening;
      if (issued < begun || issued > now() + SKEW_MS || issued + OPENS_WITHIN_MS < now())
        return false;
      for (const [old, at] of used) if (at + OPENS_WITHIN_MS < now()) used.delete(old);
      used.set(id, issued);
      return true;
    },
  };
}
