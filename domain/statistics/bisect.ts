/** Root of a monotone function between `low` and `high`, to the last bit a double can tell apart, or `within` a width. */
export function bisect(
  increases: (x: number) => boolean,
  {
    low,
    high,
    within = 0,
  }: { readonly low: number; readonly high: number; readonly within?: number },
): number {
  let [left, right] = [low, high];
  for (let step = 0; step < 200; step += 1) {
    const middle = left + (right - left) / 2;
    if (middle <= left || middle >= right || right - left <= within) break;
    if (increases(middle)) left = middle;
    else right = middle;
  }
  return left + (right - left) / 2;
}
