import type { Example } from '../../contracts/example.ts';
import type { Json } from '../../contracts/json.ts';
import type { CycleSpec } from '../../contracts/spec.ts';
import type { ScorerInput } from '../judge/scorers.ts';

/** A spec, and how the place of one of its entries is told. */
export type PlacedSpec = {
  readonly spec: CycleSpec;
  readonly at: (keys: readonly (string | number)[]) => string;
};

/** What the files of a spec hold; names stay names. */
export type SpecInputs = {
  readonly dataset:
    | { readonly kind: 'name'; readonly name: string }
    | {
        readonly kind: 'rows';
        readonly name: string;
        readonly examples: readonly Example[];
        readonly gold: Readonly<Record<string, Json>>;
      };
  readonly judge: ScorerInput;
  readonly scorers: readonly ScorerInput[];
  /** First text by prompt name; null where the prompt must be registered already. */
  readonly prompts: Readonly<Record<string, string | null>>;
};
