/** `~`: contains, whatever the case. */
export type Operator = '=' | '!=' | '>' | '>=' | '<' | '<=' | '~';
export type Equality = Extract<Operator, '=' | '!='>;
export type Ordering = Exclude<Operator, '~'>;

/** Comparisons joined by `and`, `or` and `not`: the one language of traces and rows. */
export type Filter<Comparison> =
  | Comparison
  | { readonly kind: 'and'; readonly parts: readonly Filter<Comparison>[] }
  | { readonly kind: 'or'; readonly parts: readonly Filter<Comparison>[] }
  | { readonly kind: 'not'; readonly part: Filter<Comparison> };
