import type { JudgeAnswer, ScorerContext, ScorerSubject } from '../contracts/code-scorer.ts';
import type { Json, JsonObject } from '../contracts/json.ts';
import type { ChatMessage, Completion } from '../contracts/model.ts';
import type { Span } from '../contracts/trace.ts';

/** What the child may ask of a model: the request without secrets, addresses or draws. */
export type ChildRequest = {
  readonly model?: string;
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly JsonObject[];
  readonly toolChoice?: Json;
  readonly schema?: { readonly name: string; readonly schema: JsonObject };
  readonly temperature?: number;
  readonly maxTokens?: number;
};

/** What a run left behind: spans of its context, and those of OpenTelemetry as an OTLP/JSON export request. */
export type Recorded = { readonly spans: readonly Span[]; readonly exported: JsonObject | null };

/** What a code scorer asks of a judge. */
export type JudgeRequest = {
  readonly judge: Parameters<ScorerContext['judge']>[0];
  /** Null: the fields of the subject. */
  readonly fields: JsonObject | null;
};

/** What the child is to do: run an agent, or score an output. */
export type Work =
  | {
      readonly kind: 'run';
      readonly traceId: string;
      readonly inputs: JsonObject;
      readonly prompts: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'score';
      readonly subject: ScorerSubject;
      /** Of the declaration, for scorers that take some. */
      readonly options: Json;
    };

export type ToChild =
  | { readonly kind: 'load'; readonly file: string }
  | {
      readonly kind: 'work';
      readonly id: number;
      readonly file: string;
      readonly exported: string;
      readonly work: Work;
    }
  | {
      readonly kind: 'judged';
      readonly id: number;
      readonly call: number;
      readonly answer: JudgeAnswer;
    }
  | {
      readonly kind: 'completed';
      readonly id: number;
      readonly call: number;
      readonly completion: Completion;
    }
  | {
      readonly kind: 'refused';
      readonly id: number;
      readonly call: number;
      readonly message: string;
    }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'ping'; readonly n: number };

export type FromChild =
  | { readonly kind: 'ready' }
  /** The file's module is evaluated, or cannot be: then the first piece of work says why. */
  | { readonly kind: 'loaded'; readonly file: string }
  | { readonly kind: 'pong'; readonly n: number }
  | {
      readonly kind: 'complete';
      readonly id: number;
      readonly call: number;
      readonly parent: string | null;
      readonly request: ChildRequest;
    }
  | {
      readonly kind: 'judge';
      readonly id: number;
      readonly call: number;
      readonly asked: JudgeRequest;
    }
  | {
      readonly kind: 'returned';
      readonly id: number;
      readonly outputs: JsonObject;
      readonly recorded: Recorded;
    }
  | {
      readonly kind: 'threw';
      readonly id: number;
      readonly error: { readonly name: string; readonly message: string };
      readonly recorded: Recorded;
    };
