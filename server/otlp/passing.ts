/** SQLSTATE classes that mean our statement or its data is wrong; all others, that the database is away, busy or out of room. */
const OURS = /^(22|23|42)/;
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;
const NETWORK = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT']);

/** Whether the same request may succeed later. */
export function isPassing(error: Error): boolean {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (NETWORK.has(code)) return true;
  if (SQLSTATE.test(code)) return !OURS.test(code);
  return /connection (terminated|timeout)|timeout exceeded when trying to connect/i.test(
    error.message,
  );
}
