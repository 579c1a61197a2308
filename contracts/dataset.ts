/** An immutable version of a named list of examples; equal rows are the same version. */
export type DatasetVersion = {
  readonly id: string;
  readonly name: string;
  readonly number: number;
  /** Hash over (example id, example hash) in order. */
  readonly hash: string;
  readonly size: number;
  readonly conversations: number;
};
