import type { Context } from 'hono';
import type { Outcome, Verdict } from '../../../contracts/report.ts';
import type { Cycle } from '../../../db/cycles/cycles.ts';
import { NotFoundError } from '../../../db/errors.ts';
import type { Html } from '../ui/page.ts';
import { badge, type Tone } from '../ui/parts.ts';

/** Name and number of the path. @throws NotFoundError */
export function nameOf(context: Context): { readonly cycle: string; readonly number: number } {
  const cycle = context.req.param('name') ?? '';
  const number = context.req.param('number') ?? '';
  if (!/^[1-9]\d{0,8}$/.test(number))
    throw new NotFoundError('cycle', `${cycle}/${number}`, 'see the list of cycles');
  return { cycle, number: Number(number) };
}

const STATE_TONES = { failed: 'bad', ended: 'calm' } as const;

export const stateBadge = ({ state, phase }: Cycle): Html =>
  state === 'running' ? badge(phase ?? 'starting', 'wait') : badge(state, STATE_TONES[state]);

const TONES: Readonly<Record<string, Tone>> = {
  promoted: 'good',
  promote: 'good',
  rejected: 'bad',
  reject: 'bad',
};
export const outcomeBadge = (outcome: Outcome | null): Html | string =>
  outcome === null ? '' : badge(outcome, TONES[outcome] ?? 'calm');
export const verdictBadge = (verdict: Verdict | null): Html | string =>
  verdict === null ? '' : badge(verdict, TONES[verdict] ?? 'calm');

/** `router 1 -> 2`, of each prompt. */
export const versionsText = ({ incumbent, finalist }: Cycle): string =>
  Object.entries(incumbent)
    .map(([name, from]) => {
      const to = finalist?.[name];
      return to === undefined || to === from ? `${name} ${from}` : `${name} ${from} -> ${to}`;
    })
    .join(', ');
