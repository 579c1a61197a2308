import type { Membership, Part } from '../../contracts/part.ts';
import type { Conversation } from './conversation.ts';
import { drawOf, fractionOf } from './draw.ts';
import { settle } from './group.ts';
import type { Bridge, Group, Member, Settled } from './group.ts';
import { joinNearDuplicates } from './near-duplicates.ts';
import { sealedThreshold } from './sealed-share.ts';
import { divideTune, tunePartAt } from './tune.ts';

/** A conversation placed by an earlier import, with the texts it had then. */
export type KnownConversation = Membership & { readonly texts: readonly string[] };

/** A pin that came after the part was settled: the part stays. */
export type RefusedPin = { readonly conversation: string; readonly part: Part; readonly pin: Part };

export type MembershipChange = {
  /** Of new conversations only; what was placed before never moves. */
  readonly memberships: readonly Membership[];
  readonly bridges: readonly (Bridge & { readonly part: Part })[];
  readonly refusedPins: readonly RefusedPin[];
  /** The share below which a draw is SEALED; keep it for later imports of the project. */
  readonly sealed: number;
  /** What shares a near-duplicate goes to one part together. */
  readonly groups: number;
  /** Conversations that stand in a group with others. */
  readonly grouped: number;
  readonly largestGroup: number;
};

/**
 * Places new conversations for ever (specs/promote.md, "Sealed data"). Both lists are in import order;
 * `known` is all the project has placed. The first split raises the share until `minimum` are sealed.
 */
export function placeConversations(input: {
  readonly known: readonly KnownConversation[];
  readonly incoming: readonly Conversation[];
  readonly salt: string;
  readonly sealed: number;
  readonly minimum?: number;
}): MembershipChange {
  const members = allMembers(input);
  const groups = groupsOf(members, input).filter((group) => group.some((m) => m.incoming));
  const first = input.known.length === 0;
  const sealed = first ? sealedThreshold(groups, input) : input.sealed;
  const settled = groups.map((group) => settle({ group, sealed }));
  const open = settled.filter((group) => group.part === 'tune').map((group) => group.placed);
  const parts = first ? divideTune(open) : {};
  const finalPart = ({ part, placed }: Settled): Part =>
    part === 'tune' ? (parts[placed.group] ?? laterPart(placed.draw, sealed)) : part;
  const memberships = settled.flatMap((group) =>
    group.fresh.map((member) => ({
      conversation: member.key,
      part: finalPart(group),
      pinned: member.pin === finalPart(group),
      group: group.placed.group,
    })),
  );
  return {
    memberships,
    bridges: settled.flatMap((group) =>
      group.bridge === undefined ? [] : [{ ...group.bridge, part: finalPart(group) }],
    ),
    refusedPins: refusedPins(members),
    sealed,
    groups: groups.length,
    grouped: groups.reduce((sum, { length }) => sum + (length > 1 ? length : 0), 0),
    largestGroup: groups.reduce((most, group) => Math.max(most, group.length), 0),
  };
}

function laterPart(draw: string, sealed: number): Part {
  return tunePartAt((fractionOf(draw) - sealed) / (1 - sealed));
}

function allMembers(input: {
  readonly known: readonly KnownConversation[];
  readonly incoming: readonly Conversation[];
  readonly salt: string;
}): Member[] {
  const members = new Map<string, Member>();
  for (const { conversation, part, group, texts } of input.known)
    members.set(conversation, {
      key: conversation,
      known: { part, group },
      texts: [...texts],
      incoming: false,
      draw: drawOf(input.salt, conversation),
    });
  for (const { key, texts, pin } of input.incoming) {
    const before = members.get(key);
    members.set(key, {
      key,
      ...(before?.known && { known: before.known }),
      ...(pin !== undefined && { pin }),
      texts: [...(before?.texts ?? []), ...texts],
      incoming: true,
      draw: before?.draw ?? drawOf(input.salt, key),
    });
  }
  return [...members.values()];
}

function groupsOf(
  members: readonly Member[],
  { known }: { readonly known: readonly KnownConversation[] },
): Group[] {
  const place = new Map(members.map((member, index) => [member.key, index]));
  const rows = members.flatMap(({ texts }, owner) => texts.map((text) => ({ owner, text })));
  const { find, join } = joinNearDuplicates(rows, members.length);
  for (const { conversation, group } of known)
    join(place.get(conversation) ?? 0, place.get(group) ?? place.get(conversation) ?? 0);
  const groups = new Map<number, Member[]>();
  for (const [index, member] of members.entries()) {
    const root = find(index);
    const group = groups.get(root);
    if (group === undefined) groups.set(root, [member]);
    else group.push(member);
  }
  return [...groups.values()];
}

function refusedPins(members: readonly Member[]): RefusedPin[] {
  return members.flatMap(({ key, known, pin }) =>
    known !== undefined && pin !== undefined && pin !== known.part
      ? [{ conversation: key, part: known.part, pin }]
      : [],
  );
}
