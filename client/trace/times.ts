/** A time in UTC to the second; what no calendar holds is told as it is. */
export function when(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime())
    ? `${ms} ms after 1970`
    : date.toISOString().slice(0, 19).replace('T', ' ');
}
