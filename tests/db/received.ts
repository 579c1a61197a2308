import type { ReceivedSpan } from '../../contracts/trace.ts';

export const TRACE = '0af7651916cd43dd8448eb211c80319c';

/** A received span; `id` is one hex digit written sixteen times. */
export function received(id: string, changes: Partial<ReceivedSpan> = {}): ReceivedSpan {
  return {
    trace: TRACE,
    session: null,
    id: id.repeat(16),
    parent: null,
    name: `span ${id}`,
    kind: 'chain',
    start: 1000,
    end: 1100,
    status: 'OK',
    message: null,
    inputs: null,
    outputs: null,
    usage: null,
    attributes: {},
    origin: { name: id, resource: {}, scope: null, events: [], links: [], remarks: [] },
    ...changes,
  };
}

export const under = (parent: string): { readonly parent: string } => ({
  parent: parent.repeat(16),
});
