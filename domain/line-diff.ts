type Edit = { readonly sign: ' ' | '+' | '-'; readonly line: string };

const CONTEXT = 2;

/**
 * What changed between two texts, line by line: `+` added, `-` removed, with two unchanged lines around each change and `...` for
 * those left out. Empty when the texts are equal. Longest common subsequence, O(n m) over the lines.
 */
export function lineDiff(from: string, to: string): string {
  if (from === to) return '';
  const edits = editsOf(from.split('\n'), to.split('\n'));
  const near = edits.map((_, index) =>
    edits.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ sign }) => sign !== ' '),
  );
  return edits
    .flatMap(({ sign, line }, index) => {
      if (near[index]) return [`${sign} ${line}`.trimEnd()];
      return near[index - 1] === true || (index === 0 && !near[0]) ? ['  ...'] : [];
    })
    .join('\n');
}

function editsOf(a: readonly string[], b: readonly string[]): readonly Edit[] {
  // common[i][j]: length of the longest common subsequence of a from i and b from j.
  const common = Array.from({ length: a.length + 1 }, () => new Uint32Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i]![j] =
        a[i] === b[j]
          ? common[i + 1]![j + 1]! + 1
          : Math.max(common[i + 1]![j]!, common[i]![j + 1]!);
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      edits.push({ sign: ' ', line: a[i]! });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      edits.push({ sign: '-', line: a[i]! });
      i++;
    } else {
      edits.push({ sign: '+', line: b[j]! });
      j++;
    }
  }
  return edits;
}
