/** A cycle that cannot start or go on as specified: every fault at once, each with its place and remedy. */
export class UnfitSpecError extends Error {
  override readonly name = 'UnfitSpecError';
  readonly kind = 'invalid';
  readonly retryable = false;
  readonly faults: readonly string[];
  constructor(faults: readonly string[]) {
    super(faults.length === 1 ? faults[0]! : `${faults.length} faults:\n- ${faults.join('\n- ')}`);
    this.faults = faults;
  }
}
