import type { Step } from './ending.ts';
import { POSTGRES_STOP } from './postgres/server.ts';
import { TEMPORAL_STOP } from './temporal/server.ts';

/** The processes of the stack. `agent` is the worker that runs user code. */
export const PART_NAMES = [
  'postgres',
  'temporal',
  'practice',
  'worker',
  'agent',
  'server',
] as const;
export type PartName = (typeof PART_NAMES)[number];

/** A worker gives its activities 5 s to finish before it cancels them. */
const OURS_STOP: readonly Step[] = [{ signal: 'SIGTERM', waitMs: 9_000 }];

/** How each part is asked to end before it is killed. */
export function stopSteps(part: string): readonly Step[] {
  if (part === 'postgres') return POSTGRES_STOP;
  return part === 'temporal' ? TEMPORAL_STOP : OURS_STOP;
}

/** What happens to the stack, for progress lines and logs. */
export type StackEvent =
  | { readonly kind: 'ready'; readonly part: PartName; readonly ms: number }
  | { readonly kind: 'attached'; readonly part: PartName; readonly to: string }
  | { readonly kind: 'died'; readonly part: PartName; readonly reason: string }
  | { readonly kind: 'restarted'; readonly part: PartName; readonly ms: number }
  | { readonly kind: 'failed'; readonly part: PartName; readonly reason: string }
  | { readonly kind: 'orphan-ended'; readonly part: string; readonly pid: number }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'stopped' };
