import type { ResultRow } from '../../db/runs/runs.ts';
import { measured, scoredRow } from '../../domain/evaluate/aggregate.ts';
import type { EvaluationResults } from './results.ts';

/** Scores below this are failures to a build server, which knows passed and failed only. */
const PASS = 0.5;

/** JUnit XML: a suite of the gates, and one for each scorer with a case for each row. */
export function junitXml(
  results: EvaluationResults,
  rows: Readonly<Record<string, readonly ResultRow[]>>,
): string {
  const gates = results.gates.map((gate) => ({
    name: `${gate.scorer} at least ${gate.min}`,
    body: gate.state === 'pass' ? '' : tag(gate.state === 'fail' ? 'failure' : 'error', gate.why),
  }));
  const suites = [
    ...(gates.length > 0 ? [suite('gates', gates)] : []),
    ...Object.entries(rows).map(([scorer, of]) => suite(scorer, of.map(caseOf))),
  ];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="${escape(results.run)}">\n${suites.join('\n')}\n</testsuites>\n`;
}

type Case = { readonly name: string; readonly body: string };

function caseOf(row: ResultRow): Case {
  const found = measured(scoredRow(row));
  const why = row.assessment?.error?.message ?? row.error?.message ?? '';
  switch (found.kind) {
    case 'missing':
      return { name: row.example, body: tag('error', why === '' ? 'not assessed' : why) };
    case 'not-applicable':
      return { name: row.example, body: '<skipped/>' };
    case 'score': {
      const reason = found.failed ? why : (row.rationale ?? '');
      const text = `score ${found.score}: ${reason}`;
      return { name: row.example, body: found.score < PASS ? tag('failure', text) : '' };
    }
  }
}

function suite(name: string, cases: readonly Case[]): string {
  const count = (kind: string): number =>
    cases.filter(({ body }) => body.startsWith(`<${kind}`)).length;
  const counts = `tests="${cases.length}" failures="${count('failure')}" errors="${count('error')}" skipped="${count('skipped')}"`;
  const lines = cases.map(
    (at) =>
      `    <testcase classname="${escape(name)}" name="${escape(at.name)}"${at.body === '' ? '/>' : `>${at.body}</testcase>`}`,
  );
  return `  <testsuite name="${escape(name)}" ${counts}>\n${lines.join('\n')}\n  </testsuite>`;
}

const tag = (kind: 'failure' | 'error', message: string): string =>
  `<${kind} message="${escape(message)}"/>`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

/** XML 1.0 has no way to write control characters, not even escaped. */
const escape = (text: string): string =>
  text
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
    .replace(/[&<>"\n]/g, (char) => ENTITIES[char] ?? char);
