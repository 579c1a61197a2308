import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkProposal, proposalIn } from '../../../domain/optimize/reflect.ts';

const kindOf = (text: string, cut = false): string => {
  const proposal = proposalIn({ text, cut });
  return typeof proposal === 'string' ? 'proposal' : proposal.kind;
};

test('what stands between fences is a proposal, without the prose around it', () => {
  assert.equal(
    proposalIn({ text: 'Sure!\n```text\nRoute it.\n```\nBye.', cut: false }),
    'Route it.',
  );
});

test('prose without fences is not a proposal', () => {
  assert.equal(kindOf('Sure! Here is the improved prompt: Route it. Let me know!'), 'no-proposal');
  assert.equal(kindOf(' \n'), 'empty');
});

test('a fence that is not closed is not a proposal', () => {
  assert.equal(kindOf('```\nRoute it'), 'no-proposal');
});

test('a reply that was cut is not a proposal, whatever it holds by then', () => {
  assert.equal(kindOf('```\nRoute it.\n```\nand ', true), 'no-proposal');
});

test('a proposal with a template expression that is not understood is refused', () => {
  const proposal = { text: 'Route {{ message | upper }}.', current: 'Route.', examples: [] };
  assert.match(checkProposal(proposal)!.detail, /line 1, column 7/);
});
