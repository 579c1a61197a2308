/** SQLSTATE classes and codes of a database that is away, busy, starting or out of room: connection, resources, intervention, deadlock. */
const PASSING = /^(08|53|57|40)/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT']);

/** Whether the same request may succeed later. */
export function isPassing(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (NETWORK.has(code) || (code.length === 5 && PASSING.test(code))) return true;
  return /connection (terminated|timeout)|timeout exceeded when trying to connect/i.test(
    error.message,
  );
}
