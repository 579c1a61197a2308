import { isRecord } from '../../contracts/json.ts';
import type { Encoding } from './answer.ts';
import { encodeRequest } from './protobuf.ts';

/** The bytes of a request without the spans of some traces: what is sealed here is not to be read elsewhere. */
export function withoutTraces(
  payload: unknown,
  { ids, encoding }: { readonly ids: readonly string[]; readonly encoding: Encoding },
): Buffer {
  const left = {
    resourceSpans: listOf(payload, 'resourceSpans').map((group) => ({
      ...group,
      scopeSpans: listOf(group, 'scopeSpans').map((scoped) => ({
        ...scoped,
        spans: listOf(scoped, 'spans').filter(
          ({ traceId }) => !(typeof traceId === 'string' && ids.includes(traceId.toLowerCase())),
        ),
      })),
    })),
  };
  return encoding === 'json' ? Buffer.from(JSON.stringify(left)) : encodeRequest(left);
}

function listOf(holder: unknown, name: string): readonly Readonly<Record<string, unknown>>[] {
  const list = isRecord(holder) ? holder[name] : undefined;
  return Array.isArray(list) ? list.filter(isRecord) : [];
}
