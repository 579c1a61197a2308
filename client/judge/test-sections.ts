import { list, type Section, text } from '../report/blocks.ts';
import { agreementTable, ceilingTable, confusion, leftOutLine } from '../report/judge.ts';
import { count, points, range } from '../terminal/figures.ts';
import type { TestResult } from './test.ts';

/** A test of a judge as sections, for a terminal or a page. */
export function testSections(result: TestResult): readonly Section[] {
  const { judge, against, agreement, paired, missing, contested, leftOut } = result;
  return [
    {
      title: `Test of ${judge} on ${count(result.items, 'labelled item')} of ${result.dataset}`,
      blocks: [
        agreementTable({
          ...(against !== null && paired !== null && { [against]: paired.base }),
          [judge]: agreement,
        }),
        ...pairedBlocks(result),
        ...confusion(agreement, judge),
        ...ceilingTable(result.ceiling),
        text(
          `${count(contested, 'contested item')} (each label counts), ${missing} without a verdict.`,
        ),
        ...(leftOut.length > 0 ? [text('Left out:'), list(leftOut.map(leftOutLine))] : []),
      ],
    },
  ];
}

function pairedBlocks({ paired, against }: TestResult) {
  if (paired?.difference == null) return [];
  const { mean, interval, lower90 } = paired.difference;
  return [
    text(
      `Accuracy ${points(mean)} against ${against} on the same items (95 % interval ${range(interval)}, lower 90 % bound ${points(lower90)}).`,
    ),
    text(
      `The adoption rule says ${paired.adopted ? 'yes' : 'no'}: ${paired.why.replace('; the base judge stays', '')}.`,
    ),
  ];
}
