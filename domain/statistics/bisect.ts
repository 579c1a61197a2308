/** Root of a monotone function between `low` and `high`, to the last bit a double can tell apart. */
export function bisect(
  increases: (x: number) => boolean,
  { low, high }: { readonly low: number; readonly high: number },
): number {
  let [left, right] = [low, high];
  for (let step = 0; step < 200; step += 1) {
    const middle = left + (right - left) / 2;
    if (middle <= left || middle >= right) break;
    if (increases(middle)) left = middle;
    else right = middle;
  }
  return left + (right - left) / 2;
}
