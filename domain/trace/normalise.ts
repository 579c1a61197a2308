import type { ReceivedSpan } from '../../contracts/trace.ts';
import type { Told } from './convention.ts';
import { aiSdk } from './ai-sdk.ts';
import { genAi, guessedKind } from './gen-ai.ts';
import { googleAdk } from './google-adk.ts';
import { langfuse } from './langfuse.ts';
import { langSmith } from './langsmith.ts';
import { mastra } from './mastra.ts';
import { mlflow } from './mlflow.ts';
import { openInference } from './openinference.ts';
import { pydanticAi } from './pydantic-ai.ts';
import type { RawSpan } from './raw-span.ts';
import { traceloop } from './traceloop.ts';

/** In the order of asking. LangSmith and the AI SDK write `gen_ai.*` of their own form beside their own, so they are asked first. */
const CONVENTIONS = [
  langSmith,
  aiSdk,
  genAi,
  openInference,
  mlflow,
  langfuse,
  pydanticAi,
  googleAdk,
  mastra,
  traceloop,
] as const;

/**
 * A span as the rest of the program knows it. Where it carries several conventions, each field is taken from the first that tells it;
 * a kind nobody names is `other`. Its attributes stay as they were sent.
 */
export function normalise(raw: RawSpan): ReceivedSpan {
  const told = CONVENTIONS.map((read) => read(raw));
  const kind = first(told, 'kind') ?? guessedKind(raw) ?? 'other';
  return {
    trace: raw.trace,
    session: first(told, 'session')?.slice(0, 500) ?? null,
    id: raw.id,
    parent: raw.parent,
    name: first(told, 'name') ?? raw.name,
    kind,
    start: raw.start,
    end: raw.end,
    status: raw.failed ? 'ERROR' : 'OK',
    message: raw.failed ? errorOf(raw) : null,
    inputs: first(told, 'inputs') ?? null,
    outputs: first(told, 'outputs') ?? null,
    usage: first(told, 'usage') ?? null,
    attributes: raw.attributes,
    origin: {
      name: raw.name,
      resource: raw.resource,
      scope: raw.scope,
      events: raw.events,
      links: raw.links,
      remarks: raw.remarks,
    },
  };
}

const first = <Field extends keyof Told>(told: readonly Told[], field: Field): Told[Field] =>
  told.find((said) => said[field] !== undefined)?.[field];

/** What went wrong: the status says it, else the exception that was recorded, else its type. */
function errorOf({ message, events, attributes }: RawSpan): string | null {
  const exception = events.findLast(({ name }) => name === 'exception')?.attributes ?? {};
  const told = [
    message,
    exception['exception.message'],
    exception['exception.type'],
    attributes['error.message'],
    attributes['error.type'],
  ].find((text) => typeof text === 'string' && text !== '');
  return typeof told === 'string' ? told : null;
}
