import { says, verdict } from '../impolite.ts';
import { type Case, cut, draft, final } from './case.ts';

/** Verdicts that contradict each other, or are not whole. */
export const verdicts: Readonly<Record<string, Case>> = {
  'answer-then-example': {
    does: () => says(`${draft}\n\nHad it been wrong I would have said ${final}`),
    right: /contradict/,
    kind: 'unparseable',
    requests: 2,
  },
  'one object with two values': {
    does: () => says('{"rationale": "x", "value": true, "value": false}'),
    right: /contradict/,
    kind: 'unparseable',
    requests: 2,
  },
  'the same verdict twice': {
    does: () => says(`${verdict(true, 'a')}\n\`\`\`json\n${verdict(true, 'b')}\n\`\`\``),
    right: true,
    requests: 1,
  },
  'a whole verdict, cut afterwards': {
    does: () => says(`${draft} On second thoughts`, cut),
    right: /cut/,
    kind: 'unparseable',
    requests: 2,
  },
  'torn JSON that is called finished': {
    does: () => says('{"rationale": "torn", "value": true, "more": {"value": true}, "and'),
    right: /no whole JSON/,
    kind: 'unparseable',
    requests: 2,
  },
  'two tools that contradict each other': {
    does: () =>
      says(null, {
        message: {
          tool_calls: [true, false].map((value) => ({
            type: 'function',
            function: { name: 'json', arguments: verdict(value) },
          })),
        },
      }),
    right: /empty/,
    kind: 'unparseable',
    requests: 2,
  },
};
