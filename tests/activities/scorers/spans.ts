import type { Span, Trace } from '../../../contracts/trace.ts';

type Given = Partial<Span> & Pick<Span, 'name'>;

/** A trace of spans of 10 ms each, one after the other, below a root. */
export function traceOfSpans(id: string, given: readonly Given[]): Trace {
  const spans = given.map((span, at): Span => ({
    id: `${id}-${at + 1}`,
    parent: `${id}-0`,
    kind: 'tool',
    start: 1_000 + at * 10,
    end: 1_010 + at * 10,
    status: 'OK',
    message: null,
    inputs: null,
    outputs: null,
    usage: null,
    attributes: {},
    ...span,
  }));
  const root: Span = {
    id: `${id}-0`,
    parent: null,
    name: 'agent',
    kind: 'agent',
    start: 1_000,
    end: 1_000 + 10 * given.length,
    status: 'OK',
    message: null,
    inputs: null,
    outputs: null,
    usage: null,
    attributes: {},
  };
  return { id, status: 'OK', inputs: {}, outputs: {}, spans: [root, ...spans] };
}
