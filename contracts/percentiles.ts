export type Percentiles = { readonly p50: number; readonly p95: number; readonly p99: number };
