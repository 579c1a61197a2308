import type { Part } from '../../contracts/part.ts';
import { fractionOf } from './draw.ts';
import type { Placed } from './tune.ts';

/** A conversation on its way to a part; `known` when an earlier import placed it. */
export type Member = {
  readonly key: string;
  readonly known?: { readonly part: Part; readonly group: string };
  readonly pin?: Part;
  readonly texts: readonly string[];
  readonly incoming: boolean;
  readonly draw: string;
};

/** Near-duplicates in import order. */
export type Group = readonly Member[];

/**
 * A group whose conversations were settled, pinned or drawn to different parts. `exposed` are sealed
 * conversations with a near-duplicate in TUNE: they keep their part and should be retired.
 */
export type Bridge = {
  readonly conversations: readonly string[];
  readonly parts: readonly (Part | 'tune')[];
  readonly exposed: readonly string[];
};

export type Settled = {
  readonly part: Part | 'tune';
  readonly placed: Placed;
  readonly fresh: readonly Member[];
  readonly bridge?: Bridge;
};

/** The part of the first-imported conversation; where parts meet, TUNE wins (`tune`: not yet divided). */
export function settle({
  group,
  sealed,
}: {
  readonly group: Group;
  readonly sealed: number;
}): Settled {
  const claims = claimsOf(group, sealed);
  const tuned = claims.filter((part) => part !== 'sealed');
  const named = tuned.find((part) => part !== 'tune');
  const part = named ?? tuned[0] ?? 'sealed';
  const fresh = group.filter((member) => member.known === undefined);
  const placed = {
    group: group[0]?.known?.group ?? group[0]?.key ?? '',
    draw: group[0]?.draw ?? '',
    size: fresh.length,
  };
  const distinct = [...new Set(claims)].filter((claim) => claim !== 'tune' || named === undefined);
  if (distinct.length < 2) return { part, placed, fresh };
  const exposed = group.filter((member) => member.known?.part === 'sealed').map(({ key }) => key);
  const conversations = group.map(({ key }) => key);
  return { part, placed, fresh, bridge: { conversations, parts: distinct, exposed } };
}

/** The first conversation's part, drawn if need be, then every part settled before or pinned. */
function claimsOf(group: Group, sealed: number): (Part | 'tune')[] {
  return group.flatMap((member, index) => {
    const fixed = member.known?.part ?? member.pin;
    if (fixed !== undefined) return [fixed];
    if (index > 0) return [];
    return [fractionOf(member.draw) < sealed ? 'sealed' : 'tune'];
  });
}
