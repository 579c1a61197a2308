import type { Body, Reply } from '../../llm/openai/impolite.ts';

/** A provider as its users meet it, with the practice model behind. */
export type Profile = {
  /** What it does that an endpoint by the book does not. */
  readonly quirks: string;
  /** What Attune is to learn of it. */
  readonly learns: readonly string[];
  readonly refuses?: (body: Body) => Reply | null;
  /** What goes to the practice model in the place of what came. */
  readonly asked?: (body: Body) => object;
  readonly answers: (said: Said) => Reply;
};

export type Said = {
  readonly text: string;
  readonly calls: readonly object[] | null;
  readonly body: Body;
  readonly n: number;
  /** The same text with its verdict turned round: what the model thought first. */
  readonly draft: string;
  /** One in so many requests, always the same ones. */
  readonly oneIn: (many: number) => boolean;
};
