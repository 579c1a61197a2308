import type { Dialect } from '../../contracts/dialect.ts';

export type Known = {
  readonly name: string;
  /** The provider by its address; null: by the model's name alone. */
  readonly host: RegExp | null;
  readonly model: RegExp | null;
  /** Base URL as Attune wants it. */
  readonly address: string;
  readonly dialect: Dialect;
  /** What its documentation says besides. */
  readonly says: string;
  readonly source: string;
};

export const KNOWN: readonly Known[] = [];

/** What is known of a model at an address before anything is asked. */
export function startingDialect(endpoint: string, model: string): Dialect {
  const { hostname } = new URL(endpoint);
  return KNOWN.filter(
    (known) =>
      (known.host === null || known.host.test(hostname)) &&
      (known.model === null || known.model.test(model)),
  ).flatMap(({ dialect }) => dialect);
}
