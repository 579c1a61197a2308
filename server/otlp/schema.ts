import protobuf from 'protobufjs/light.js';

const field = (type: string, id: number): { readonly type: string; readonly id: number } => ({
  type,
  id,
});
const repeated = (type: string, id: number) => ({ rule: 'repeated', ...field(type, id) });

/**
 * The trace messages of opentelemetry-proto 1.x (collector/trace/v1, trace/v1, common/v1, resource/v1) and google.rpc.Status, by their field numbers. A
 * test compares them with the descriptors that the OpenTelemetry project publishes.
 */
export const MESSAGES = {
  ExportTraceServiceRequest: { fields: { resourceSpans: repeated('ResourceSpans', 1) } },
  ExportTraceServiceResponse: {
    fields: { partialSuccess: field('ExportTracePartialSuccess', 1) },
  },
  ExportTracePartialSuccess: {
    fields: { rejectedSpans: field('int64', 1), errorMessage: field('string', 2) },
  },
  ResourceSpans: {
    fields: {
      resource: field('Resource', 1),
      scopeSpans: repeated('ScopeSpans', 2),
      schemaUrl: field('string', 3),
    },
  },
  ScopeSpans: {
    fields: {
      scope: field('InstrumentationScope', 1),
      spans: repeated('Span', 2),
      schemaUrl: field('string', 3),
    },
  },
  Resource: { fields: { attributes: repeated('KeyValue', 1) } },
  InstrumentationScope: {
    fields: {
      name: field('string', 1),
      version: field('string', 2),
      attributes: repeated('KeyValue', 3),
    },
  },
  Span: {
    fields: {
      traceId: field('bytes', 1),
      spanId: field('bytes', 2),
      traceState: field('string', 3),
      parentSpanId: field('bytes', 4),
      name: field('string', 5),
      kind: field('int32', 6),
      startTimeUnixNano: field('fixed64', 7),
      endTimeUnixNano: field('fixed64', 8),
      attributes: repeated('KeyValue', 9),
      events: repeated('Event', 11),
      links: repeated('Link', 13),
      status: field('Status', 15),
    },
  },
  Event: {
    fields: {
      timeUnixNano: field('fixed64', 1),
      name: field('string', 2),
      attributes: repeated('KeyValue', 3),
    },
  },
  Link: {
    fields: {
      traceId: field('bytes', 1),
      spanId: field('bytes', 2),
      traceState: field('string', 3),
      attributes: repeated('KeyValue', 4),
    },
  },
  Status: { fields: { message: field('string', 2), code: field('int32', 3) } },
  KeyValue: { fields: { key: field('string', 1), value: field('AnyValue', 2) } },
  AnyValue: {
    oneofs: {
      value: {
        oneof: [
          'stringValue',
          'boolValue',
          'intValue',
          'doubleValue',
          'arrayValue',
          'kvlistValue',
          'bytesValue',
        ],
      },
    },
    fields: {
      stringValue: field('string', 1),
      boolValue: field('bool', 2),
      intValue: field('int64', 3),
      doubleValue: field('double', 4),
      arrayValue: field('ArrayValue', 5),
      kvlistValue: field('KeyValueList', 6),
      bytesValue: field('bytes', 7),
    },
  },
  ArrayValue: { fields: { values: repeated('AnyValue', 1) } },
  KeyValueList: { fields: { values: repeated('KeyValue', 1) } },
  RpcStatus: { fields: { code: field('int32', 1), message: field('string', 2) } },
};

const root = protobuf.Root.fromJSON({ nested: MESSAGES });

/** A message type by its name. */
export const messageType = (name: keyof typeof MESSAGES): protobuf.Type => root.lookupType(name);
