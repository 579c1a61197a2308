import type { StackEvent } from '../../stack/index.ts';
import { span } from '../terminal/figures.ts';

/** One line about what happens to the stack, or null for what nobody needs to read. */
export function eventLine(event: StackEvent): string | null {
  switch (event.kind) {
    case 'ready':
      return `  ${event.part} is ready (${seconds(event.ms)})`;
    case 'attached':
      return `  ${event.part}: attached to ${event.to}`;
    case 'died':
      return `  ${event.part} died (${event.reason}); starting it again`;
    case 'restarted':
      return `  ${event.part} is back (${seconds(event.ms)})`;
    case 'failed':
      return `  ${event.part} failed: ${event.reason}`;
    case 'orphan-ended':
      return `  ended ${event.part} (process ${event.pid}), left by an earlier stack`;
    case 'stopping':
      return 'Stopping ...';
    case 'stopped':
      return null;
  }
}

const seconds = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : span(ms));
