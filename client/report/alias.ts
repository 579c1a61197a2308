import { claimed } from '../../domain/people/claimed.ts';
import type { AliasMove } from '../../contracts/prompt.ts';
import type { CycleReport } from '../../contracts/report.ts';
import { list, type Section, table, text } from './blocks.ts';

/** Where the alias stands and how it came there: who moved it, on what evidence, and which moves were by hand. */
export function aliasSection(report: CycleReport): Section {
  const moves = report.moves ?? [];
  if (moves.length === 0) return { title: '', blocks: [] };
  const own = moves.filter(({ cycle }) => cycle === keyOf(report));
  return {
    title: 'Alias: who moved it, and on what',
    blocks: [
      ...own.map((move) => text(promotion(move, report), 'good')),
      table(
        ['when', 'alias', 'move', 'who', 'why', 'cycle', 'mark'],
        moves.map((move) => [
          move.at,
          `${move.prompt}@${move.alias}`,
          `${move.from ?? '-'} -> ${move.to}`,
          claimed(move.who),
          move.why,
          move.cycle ?? '-',
          markOf(move),
        ]),
      ),
    ],
  };
}

function promotion(move: AliasMove, { cycle, number }: CycleReport): string {
  const itself = move.who === `cycle ${cycle}/${number}`;
  const by = itself ? 'The policy asked for no approval' : `Approved by ${claimed(move.who)}`;
  return `${move.prompt}@${move.alias} moved from version ${move.from ?? '-'} to ${move.to} on evidence ${move.evidence ?? 'none'}. ${by}.`;
}

const markOf = ({ override, rollback, evidence }: AliasMove): string => {
  if (rollback) return 'rollback';
  if (override) return 'override: no gate said promote';
  return evidence === null ? 'first text' : 'promoted';
};

/** What a reader might take for granted and nobody looked at. */
export function uncheckedSection(report: CycleReport): Section {
  const { gate, judge } = report;
  const standing = (report.moves ?? []).findLast(({ cycle }) => cycle !== keyOf(report));
  const undecided = gate?.guardrails.filter(({ state }) => state !== 'holds') ?? [];
  return {
    title: 'What was not checked',
    blocks: [
      list([
        ...(gate === null
          ? ['Nothing was measured on sealed conversations.']
          : [
              'People did not look at the outputs of the finalist: better means better according to the judge.',
              'Figures other than the primary metric are exploratory: no test corrects for reading many of them.',
              'Only conversations like those of the dataset were measured; production may bring others.',
            ]),
        ...(judge === null ? ['Nobody compared the judge with people.'] : []),
        ...(report.dialects ?? []).map((told) => `For ${told}.`.replace(': ', ' Attune ')),
        ...undecided.map(({ metric, state }) => `Guardrail ${metric}: ${state}.`),
        ...(standing?.override === true
          ? [
              `The version before, ${standing.prompt}@${standing.to}, was set by hand (override): no gate had said promote.`,
            ]
          : []),
      ]),
    ],
  };
}

const keyOf = ({ cycle, number }: CycleReport): string => `${cycle}/${number}`;
