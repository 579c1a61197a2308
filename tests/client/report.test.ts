import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportPage } from '../../client/report/page.ts';
import { reportText } from '../../client/report/terminal.ts';
import { NO_BROWSER, openBrowser } from '../server/browser.ts';
import { sampleReport } from './sample-report.ts';

test('the report shows both arms of the gate with intervals, the judge before and after, verdict, diff, spend and links', () => {
  const text = reportText(sampleReport());
  for (const part of [
    /Outcome: promoted\. Verdict: promote\./,
    /incumbent +56\.1 % +50\.0 to 62\.0/,
    /finalist +78\.2 % +73\.0 to 83\.0/,
    /Difference \+22\.1 points/,
    /before alignment +71\.0 %/,
    /after alignment +93\.0 %/,
    /\+ roaming: abroad/,
    /- Guess\./,
    /Spend: 0 USD/,
    /cycle%2Fdefault%2Ft%2F1/,
    /not checked by people on the new outputs/,
  ])
    assert.match(text, part);
});

test('the practice model and the scripted reviewer are named when they were in use, and not otherwise', () => {
  const used = reportText(sampleReport());
  assert.match(used, /practice model was in use: no claim about quality/);
  assert.match(used, /scripted reviewer, not from people/);
  const real = reportText(sampleReport({ practiceModel: false, scriptedReviewer: false }));
  assert.doesNotMatch(real, /practice model|scripted reviewer/);
});

test('a cycle that did not reach the gate says so, and that no look was spent', () => {
  const text = reportText(
    sampleReport({ gate: null, gold: null, verdict: null, outcome: 'no-candidate' }),
  );
  assert.match(text, /did not reach the gate: no sealed example was used, no look spent/);
  assert.match(text, /Outcome: no-candidate\. Verdict: none\./);
});

test('what was not measured is never shown as a number', () => {
  const text = reportText(sampleReport());
  assert.match(text, /not measured/);
  assert.doesNotMatch(text, /null|NaN|undefined/);
});

test('the page needs nothing from outside and shows text of models as text', () => {
  const page = reportPage(sampleReport());
  assert.match(page, /&lt;b&gt;roaming&lt;\/b&gt;/);
  assert.doesNotMatch(page, /<b>roaming|<script|<link|src=/);
  assert.match(page, /<a href="http:\/\/127\.0\.0\.1:8233\//);
  assert.match(page, /<ins>\+ roaming: abroad<\/ins>/);
});

test('control characters of a model do not reach the terminal', () => {
  const text = reportText(sampleReport({ claims: ['\u001b[2Jcleared\u0007'] }));
  assert.match(text, /\ufffd\[2Jcleared\ufffd/);
});

const move = {
  prompt: 'router',
  alias: 'production',
  from: 1,
  to: 2,
  who: 'ada',
  why: 'the gate of telecom-router/1 said promote',
  cycle: 'telecom-router/1',
  evidence: '51c2',
  override: false,
  rollback: false,
  at: '2026-11-21T14:30:00.000Z',
};
const byHand = { ...move, from: 3, to: 1, why: 'quickly', cycle: null, evidence: null };

test('the page says who approved, on what evidence, which moves were by hand, and what was not checked', () => {
  const page = reportPage(sampleReport({ moves: [{ ...byHand, override: true }, move] }));
  assert.match(page, /moved from version 1 to 2 on evidence 51c2\. Approved by ada \(claimed\)\./);
  assert.match(page, /override: no gate said promote/);
  assert.match(page, /The version before, router@1, was set by hand \(override\)/);
  assert.match(page, /<h2>What was not checked<\/h2>/);
  assert.match(page, /People did not look at the outputs of the finalist/);
  assert.match(page, /@media print/);
  const alone = reportPage(sampleReport({ moves: [{ ...move, who: 'cycle telecom-router/1' }] }));
  assert.match(alone, /The policy asked for no approval/);
  assert.doesNotMatch(alone, /override|Approved by/);
});

test(
  'on a phone the page is as wide as the phone, whatever long words it holds',
  { skip: NO_BROWSER },
  async () => {
    const { page } = await openBrowser({ phone: true });
    await page.setContent(reportPage(sampleReport({ claims: [`on evidence ${'e1'.repeat(40)}`] })));
    const tooWide = 'document.documentElement.scrollWidth - document.documentElement.clientWidth';
    assert.equal(await page.evaluate(tooWide), 0);
  },
);
