import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  checkProposal,
  extractProposal,
  reflectionPrompt,
  reflectiveRecord,
} from '../../../domain/optimize/reflect.ts';
import { renderRecords } from '../../../domain/optimize/render.ts';
import { estimateTokens, fitRecords } from '../../../domain/optimize/tokens.ts';

const current = 'Route the message {{message}} to one of {{routes}}.';
const message =
  'my phone fell into the sea yesterday and now the screen stays black whatever I press';
const check = (text: string, more = {}) =>
  checkProposal({ text, current, examples: [message], ...more });

test('mend 4: a proposal must keep the template variables exactly', () => {
  assert.equal(check('Read {{message}}, then choose from {{ routes }}.'), null);
  const lost = check('Read {{message}} and choose.');
  assert.equal(lost?.kind, 'variables');
  assert.match(lost.detail, /drops the template variables \{\{routes\}\}/);
  const added = check('Read {{message}}, {{routes}} and {{history}}.');
  assert.match(added?.detail ?? '', /adds the unknown template variables \{\{history\}\}/);
});

test('mend 4: an empty proposal and one beyond the length bound are refused', () => {
  assert.equal(check('  \n')?.kind, 'empty');
  const long = `${current} ${'word '.repeat(50)}`;
  assert.equal(check(long), null);
  assert.deepEqual(check(long, { maxLength: 100 }), {
    kind: 'length',
    detail: `It has ${long.length} characters; at most 100 are allowed.`,
  });
});

test('mend 4: a long verbatim copy of a training example is refused, a short quotation is not', () => {
  const quote = `${current} For instance: "My phone fell into the sea yesterday, and now the screen stays black".`;
  const copied = check(quote);
  assert.equal(copied?.kind, 'copy');
  assert.match(copied.detail, /"My phone fell into the sea \.\.\."/);
  assert.equal(check(`${current} "my phone fell into the sea" means devices.`), null);
  assert.equal(checkProposal({ text: quote, current: quote, examples: [message] }), null);
});

test('the one re-ask carries the complaint after the whole prompt', () => {
  const complaint = { kind: 'length', detail: 'It has 9000 characters; at most 8000 are allowed.' };
  const first = reflectionPrompt({ current, records: [] });
  const again = reflectionPrompt({ current, records: [], complaint });
  assert.ok(again.startsWith(`${first}\n\nYour last proposal could not be used. It has 9000`));
});

test('mend 8: records beyond the token budget are cut evenly, largest fields first, with a mark', () => {
  const records = [
    { Inputs: 'short question', Feedback: 'a'.repeat(4000) },
    { Inputs: { text: 'b'.repeat(2000) }, Feedback: 'also short' },
  ];
  const cut = fitRecords(records, 400);
  assert.ok(estimateTokens(renderRecords(cut)) <= 400);
  assert.equal(cut[0]!['Inputs'], 'short question');
  assert.equal(cut[1]!['Feedback'], 'also short');
  const [first, second] = cut.map((record) => renderRecords([record]));
  const kept = [/a{9,}/.exec(first!)![0].length, /b{9,}/.exec(second!)![0].length];
  assert.equal(kept[0], kept[1], 'both lose down to the same length');
  assert.ok(first!.includes(`a [cut: ${4000 - kept[0]!} more characters]`));
  assert.deepEqual(fitRecords(records, 5000), records, 'nothing is cut that fits');
});

test('mend 8: the whole prompt keeps to its token budget, down to no record at all', () => {
  const records = Array.from({ length: 8 }, (_, at) => ({
    Inputs: `${at} ${'x'.repeat(3000)}`,
    Feedback: 'y'.repeat(500),
  }));
  for (const tokenBudget of [450, 800, 3000]) {
    const prompt = reflectionPrompt({ current, records, tokenBudget });
    assert.ok(estimateTokens(prompt) <= tokenBudget, `${estimateTokens(prompt)} of ${tokenBudget}`);
    assert.ok(prompt.includes(current));
  }
  assert.ok(reflectionPrompt({ current, records, tokenBudget: 800 }).includes('# Example 8'));
});

test('the reflective record shows inputs, output, expectations, failing spans, score and rationale', () => {
  const span = { name: 'lookup', kind: 'tool', inputs: { id: 7 }, outputs: null } as const;
  const record = reflectiveRecord({
    inputs: { message },
    outputs: { route: 'billing' },
    expectations: { route: 'devices' },
    rationale: 'A broken screen is about the device.',
    score: 0,
    spans: [
      { ...span, status: 'ERROR', message: 'no such customer' },
      { ...span, name: 'plan', kind: 'chain', status: 'OK', message: null },
    ],
  });
  assert.equal(
    renderRecords([record]),
    `# Example 1\n## Inputs\n### message\n${message}\n\n## Generated Outputs\n### route\nbilling\n\n` +
      '## Expectations\n### route\ndevices\n\n' +
      '## Tool Calls\n### Item 1\n#### Name\nlookup\n\n#### Inputs\n##### id\n7\n\n#### Error\nno such customer\n\n' +
      '## Feedback\nScore: 0\nA broken screen is about the device.\n\n',
  );
  const bare = reflectiveRecord({ inputs: { message }, outputs: 'x', rationale: null, score: 1 });
  assert.deepEqual(Object.keys(bare), ['Inputs', 'Generated Outputs', 'Feedback']);
  const remarks = [
    { name: 'tone', score: 0.5, rationale: 'It is curt.' },
    { name: 'length', score: 1, rationale: null },
    { name: 'safety', score: null, rationale: null },
  ];
  const many = reflectiveRecord({
    inputs: {},
    outputs: 'x',
    rationale: 'Wrong.',
    score: 0,
    remarks,
  });
  assert.equal(
    many['Feedback'],
    'Score: 0\nWrong.\ntone: 0.5. It is curt.\nlength: 1\nsafety: not applicable',
  );
});

test('a proposal with an inner fence survives extraction whole', () => {
  assert.equal(
    extractProposal('Here:\n```\na\n```json\n{}\n```\nb\n```\n'),
    'a\n```json\n{}\n```\nb',
  );
});
