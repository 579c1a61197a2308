import type { Json } from './json.ts';

/** How a reply is bound to its schema, best first. */
export const FORMATS = ['schema', 'json', 'text'] as const;
export type Format = (typeof FORMATS)[number];

/** One way in which an endpoint wants a request otherwise than we would write it. */
export type Change =
  | { readonly kind: 'drop'; readonly field: string }
  | { readonly kind: 'rename'; readonly field: string; readonly to: string }
  /** Sent in the place of what was meant. */
  | { readonly kind: 'value'; readonly field: string; readonly value: Json }
  | { readonly kind: 'most'; readonly field: string; readonly value: number }
  /** `schema`: of that name alone; null of every one. */
  | { readonly kind: 'format'; readonly schema: string | null; readonly to: Format }
  | { readonly kind: 'system'; readonly to: 'developer' | 'user' };

/** What is known of one model at one endpoint; a later change of a subject takes the place of an earlier one. */
export type Dialect = readonly Change[];

export type Learned = {
  readonly endpoint: string;
  readonly model: string;
  readonly change: Change;
  /** The words of the refusal. */
  readonly said: string;
};

/** What a change is about: of each there is one. */
export function subjectOf(change: Change): string {
  if (change.kind === 'format')
    return change.schema === null ? 'response_format' : `response_format/${change.schema}`;
  return change.kind === 'system' ? 'messages.system' : change.field;
}

/** The dialect with one more change. */
export const withChange = (dialect: Dialect, change: Change): Dialect => [
  ...dialect.filter((known) => subjectOf(known) !== subjectOf(change)),
  change,
];

/** A change in words that fit after "Attune". */
export function changeText(change: Change): string {
  switch (change.kind) {
    case 'drop':
      return change.field === 'seed'
        ? 'sends no `seed`: draws are not seeded'
        : `sends no \`${change.field}\``;
    case 'rename':
      return `sends \`${change.field}\` as \`${change.to}\``;
    case 'value':
      return `sends ${JSON.stringify(change.value)} as \`${change.field}\``;
    case 'most':
      return `sends at most ${change.value} as \`${change.field}\``;
    case 'format': {
      const how = change.to === 'json' ? 'in JSON mode' : 'in words alone';
      const what = change.schema === null ? 'a schema' : `the schema \`${change.schema}\``;
      return `asks for ${what} ${how}`;
    }
    case 'system':
      return change.to === 'user'
        ? 'puts the system message before the first user message'
        : 'sends the system message as `developer`';
  }
}

/** Whether equal draws can be asked for again: a dialect without `seed` cannot. */
export const isSeeded = (dialect: Dialect): boolean =>
  !dialect.some((change) => change.kind === 'drop' && change.field === 'seed');

/** Where what was learned is kept (implemented in db/). */
export type DialectStore = {
  read(of: { readonly endpoint: string; readonly model: string }): Promise<Dialect>;
  learn(learned: Learned): Promise<void>;
};
