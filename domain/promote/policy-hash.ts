import { hashJson } from '../../contracts/hash.ts';
import type { Json } from '../../contracts/json.ts';
import type { GatePolicy } from '../../contracts/spec.ts';

/** What is fixed when the cycle starts; its hash goes into the workflow's history. */
export type FixedPolicy = {
  readonly policy: GatePolicy;
  /** Name of the one primary metric. */
  readonly primary: string;
  /** Ids of the scorers beside the judge; absent without any. */
  readonly scorers?: readonly string[];
  readonly splitSalt: string;
  readonly agent: string;
  readonly models: Readonly<Record<string, string>>;
  /** When a candidate is adopted, such as `promote` or `promote and approval`. */
  readonly adoption: string;
};

/** What is added at freeze, before any call of the gate. */
export type FrozenGate = {
  readonly policyHash: string;
  readonly incumbent: string;
  readonly finalist: string;
  readonly judge: string;
  /** Hashes of the scorers beside the judge; absent without any. */
  readonly scorers?: readonly string[];
  /** Ids of the sealed examples. */
  readonly sealed: readonly string[];
};

/** SHA-256 of the canonical JSON of the policy, with every default filled in; seeds come from it. */
export function policyHash(fixed: FixedPolicy): string {
  return hashJson(plainJson({ ...fixed }));
}

/** SHA-256 of the frozen gate; the order of the sealed ids does not matter. */
export function frozenHash(frozen: FrozenGate): string {
  return hashJson(plainJson({ ...frozen, sealed: [...frozen.sealed].sort() }));
}

function plainJson(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
