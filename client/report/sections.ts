import type { CycleReport } from '../../contracts/report.ts';
import { cautions } from '../../domain/promote/cautions.ts';
import { count, percent, points, range, span, usd } from '../terminal/figures.ts';
import { type Block, diff, list, type Section, table, text, type Tone } from './blocks.ts';
import { aliasSection, uncheckedSection } from './alias.ts';
import { armHeadings, armRow, gateSection } from './gate.ts';
import { judgeSection } from './judge.ts';

/** The report of a cycle as sections, in the order a reader asks: what came out, why, at what price, and what was not checked. */
export function sectionsOf(report: CycleReport): readonly Section[] {
  return [
    verdictSection(report),
    gateSection(report),
    judgeSection(report),
    scorerSection(report),
    goldSection(report),
    searchSection(report),
    promptSection(report),
    aliasSection(report),
    uncheckedSection(report),
    spendSection(report),
    { title: 'Links', blocks: [linkTable(report)] },
  ].filter(({ blocks }) => blocks.length > 0);
}

const TONE: Readonly<Record<string, Tone>> = { promoted: 'good', rejected: 'bad' };

function verdictSection(report: CycleReport): Section {
  const outcome = report.outcome ?? 'still running';
  const verdict = report.verdict === null ? 'none' : report.verdict;
  const warnings = cautions(report);
  return {
    title: `Cycle ${report.cycle} ${report.number}`,
    blocks: [
      text(`Outcome: ${outcome}. Verdict: ${verdict}.`, TONE[outcome] ?? 'plain'),
      ...(warnings.length > 0 ? [list(warnings)] : []),
      ...(report.claims.length > 0 ? [list(report.claims)] : []),
    ],
  };
}

function scorerSection({ scorers = {} }: CycleReport): Section {
  const rows = Object.entries(scorers).map(([scorer, found]) => armRow(scorer, found));
  if (rows.length === 0) return { title: '', blocks: [] };
  return {
    title: 'Other scorers, the production prompt on the label parts',
    blocks: [table(armHeadings('scorer'), rows)],
  };
}

function goldSection({ gold }: CycleReport): Section {
  if (gold === null) return { title: '', blocks: [] };
  const { difference } = gold;
  return {
    title: 'Accuracy against gold, sealed part (after the verdict; no part of it)',
    blocks: [
      table(armHeadings('outputs'), [
        armRow('incumbent', gold.incumbent),
        armRow('finalist', gold.finalist),
      ]),
      ...(difference === null
        ? []
        : [
            text(
              `Difference ${points(difference.mean)} (95 % interval ${range(difference.interval)}).`,
            ),
          ]),
    ],
  };
}

function searchSection(report: CycleReport): Section {
  const { optimize, baseline, candidates } = report;
  if (optimize === null) return { title: '', blocks: [] };
  const base =
    baseline === null ? [] : [text(`Baseline on train and validation: ${percent(baseline.mean)}.`)];
  return {
    title: 'Search',
    blocks: [
      ...base,
      text(
        `${optimize.rollouts} of ${optimize.budget} rollouts, ${count(optimize.reflections, 'reflection')}, ` +
          `${count(candidates.length, 'candidate')}. ${optimize.why}`,
      ),
      table(
        ['candidate', 'validation', 'found after', 'length', 'parents'],
        candidates.map((row) => [
          row.hash.slice(0, 8) + (row.hash === optimize.finalist ? ' (finalist)' : ''),
          percent(row.validation),
          count(row.discoveredAt, 'rollout'),
          `${row.length} chars`,
          row.parents.map((parent) => parent.slice(0, 8)).join(', ') || '-',
        ]),
      ),
    ],
  };
}

function promptSection({ prompts }: CycleReport): Section {
  const blocks = prompts.flatMap(({ name, from, to, diff: changes }): readonly Block[] => [
    text(to === null ? `${name}: version ${from} stays.` : `${name}: version ${from} -> ${to}`),
    ...(changes === '' ? [] : [diff(changes)]),
  ]);
  return { title: 'Prompts', blocks };
}

function spendSection({ spend, phases }: CycleReport): Section {
  const rows = Object.entries(spend).map(([purpose, row]) => [
    purpose,
    String(row.calls),
    String(row.reused),
    String(row.inputTokens),
    String(row.outputTokens),
    usd(row.price),
  ]);
  const total = Object.values(spend).reduce((sum, row) => sum + row.price, 0);
  return {
    title: `Spend: ${usd(total)}`,
    blocks: [
      table(
        ['purpose', 'calls', 'from the ledger', 'input tokens', 'output tokens', 'price'],
        rows,
      ),
      table(
        ['phase', 'took', 'calls', 'price', 'note'],
        phases.map((row) => [row.phase, tookOf(row), String(row.calls), usd(row.price), row.note]),
      ),
    ],
  };
}

function tookOf({ startedAt, endedAt }: CycleReport['phases'][number]): string {
  return endedAt === null ? 'running' : span(Date.parse(endedAt) - Date.parse(startedAt));
}

function linkTable(report: CycleReport): Block {
  return table(
    ['what', 'where'],
    [...Object.entries(report.links), ['evidence hash', report.evidenceHash]],
  );
}
