import type { ReceivedSpan } from '../../contracts/trace.ts';
import { OtlpError, type OtlpRead, readOtlp } from '../../domain/trace/otlp.ts';
import { type Fault, InvalidInputError } from '../../contracts/invalid-input.ts';
import { readJson } from '../../contracts/read-json.ts';
import { NOTHING, refuseFile } from '../files/json-lines.ts';
import { readText } from '../files/read.ts';

export type TracesRead = {
  readonly spans: readonly ReceivedSpan[];
  /** Spans that cannot be kept, with place and reason. */
  readonly refused: readonly Fault[];
};

/**
 * The spans of an OTLP/JSON file: one document, or a document a line as the file exporter of the OpenTelemetry Collector writes them.
 * @throws InvalidInputError where the file holds anything else
 */
export function readTraces(path: string, now: number): TracesRead {
  const text = readText(path);
  const whole = parse(text);
  if ('value' in whole) return toFaults(path, readDocument(path, whole.value, now));
  const lines = text.split('\n').map((line, index) => ({ line, at: `${path}:${index + 1}` }));
  const filled = lines.filter(({ line }) => line.trim() !== '');
  const documents = filled.map(({ line, at }) => ({ at, parsed: parse(line) }));
  const faults = documents.flatMap(({ at, parsed }) =>
    'fault' in parsed ? [{ at, message: `is not JSON: ${parsed.fault}` }] : [],
  );
  refuseFile(
    faults.length > 0 && faults.length === filled.length
      ? [{ at: path, message: `is not JSON, nor JSON lines: ${whole.fault}` }]
      : faults,
  );
  const reads = documents.map(({ at, parsed }) =>
    toFaults(at, readDocument(at, 'value' in parsed ? parsed.value : null, now)),
  );
  return {
    spans: reads.flatMap(({ spans }) => spans),
    refused: reads.flatMap(({ refused }) => refused),
  };
}

function parse(text: string): { readonly value: unknown } | { readonly fault: string } {
  try {
    return { value: readJson(text) };
  } catch (error) {
    return { fault: error instanceof Error ? error.message : String(error) };
  }
}

function readDocument(at: string, value: unknown, now: number): OtlpRead {
  try {
    return readOtlp(value, { now });
  } catch (error) {
    if (!(error instanceof OtlpError)) throw error;
    throw new InvalidInputError(
      [{ at, message: `holds no OTLP traces: ${error.message}` }],
      NOTHING,
    );
  }
}

const toFaults = (path: string, { spans, refused }: OtlpRead): TracesRead => ({
  spans,
  refused: refused.map(({ at, reason }) => ({ at: `${path}: ${at}`, message: reason })),
});
