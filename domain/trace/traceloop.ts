import type { SpanKind } from '../../contracts/trace.ts';
import { text, type Told } from './convention.ts';
import { structured } from './json-text.ts';
import type { RawSpan } from './raw-span.ts';

const TRACELOOP: Readonly<Record<string, SpanKind>> = {
  workflow: 'chain',
  task: 'chain',
  agent: 'agent',
  tool: 'tool',
};

/** OpenLLMetry (Traceloop): its own names for functions; model calls there are `gen_ai.*`. */
export function traceloop({ attributes }: RawSpan): Told {
  const kind = TRACELOOP[text(attributes, 'traceloop.span.kind') ?? ''];
  return {
    kind: kind ?? (attributes['llm.request.type'] === undefined ? undefined : 'model'),
    name: kind === 'tool' ? text(attributes, 'traceloop.entity.name') : undefined,
    inputs: structured(attributes['traceloop.entity.input']),
    outputs: structured(attributes['traceloop.entity.output']),
    session: text(attributes, 'traceloop.association.properties.session_id', 'langfuse.session.id'),
  };
}
