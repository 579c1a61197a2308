import { BLOAT } from '../../domain/evaluate/profile-tokens.ts';
import type { Part, Profile } from '../../domain/evaluate/profile.ts';
import { list, type Section, table, text } from '../report/blocks.ts';
import { count, percent } from '../terminal/figures.ts';

/** Steps shown; the JSON has all. */
const STEPS = 20;

/** A profile as sections: time by kind and step, the slowest traces, and the calls that carry the most input. */
export function profileSections(profile: Profile): readonly Section[] {
  const { latency, kinds, steps, slowest } = profile;
  return [
    {
      title: 'Where the time went',
      blocks: [
        list([
          count(profile.traces, 'trace'),
          ...(latency === null
            ? []
            : [`p50 ${ms(latency.p50)}, p95 ${ms(latency.p95)}, p99 ${ms(latency.p99)}`]),
          'own time: what no span inside accounts for',
        ]),
        table(
          ['kind', ...FIGURES],
          kinds.map((part) => [part.kind, ...figures(part)]),
        ),
        table(
          ['step', 'kind', ...FIGURES],
          steps.slice(0, STEPS).map((part) => [part.name ?? '', part.kind, ...figures(part)]),
        ),
      ],
    },
    {
      title: 'Slowest traces',
      blocks: [
        table(
          ['trace', 'example', 'time', 'spans', 'tokens in', 'slowest step'],
          slowest.map((at) => [
            at.trace,
            at.example,
            ms(at.ms),
            String(at.spans),
            String(at.inputTokens),
            `${at.slowest.kind} ${at.slowest.name}, ${ms(at.slowest.selfMs)}`,
          ]),
        ),
      ],
    },
    ...tokenSections(profile),
  ];
}

const FIGURES = [
  'spans',
  'traces',
  'errors',
  'own time',
  'share',
  'p50',
  'p95',
  'p99',
  'tokens in',
  'out',
];

const figures = (part: Part): readonly string[] => [
  String(part.spans),
  String(part.traces),
  String(part.errors),
  ms(part.selfMs),
  percent(part.share),
  ms(part.latency.p50),
  ms(part.latency.p95),
  ms(part.latency.p99),
  String(part.inputTokens),
  String(part.outputTokens),
];

const times = (of: number | null): string => (of === null ? '-' : `${of.toFixed(1)}x`);

function tokenSections({ growth, heavy }: Profile): readonly Section[] {
  if (heavy.length === 0) return [];
  const bloated = growth.reduce((sum, at) => sum + at.bloated, 0);
  const found =
    bloated === 0
      ? text(`No call has ${BLOAT} times the input of the first call of its trace.`, 'good')
      : text(
          `${count(bloated, 'call')} with at least ${BLOAT} times the input of the first call of its trace: context is carried along.`,
          'bad',
        );
  return [
    {
      title: 'Token-heavy steps',
      blocks: [
        found,
        table(
          ['model call', 'traces', 'tokens in p50', 'p95', 'of the first', 'bloated'],
          growth.map((at) => [
            String(at.call),
            String(at.traces),
            at.p50.toFixed(0),
            at.p95.toFixed(0),
            times(at.timesFirst),
            String(at.bloated),
          ]),
        ),
        table(
          ['trace', 'example', 'step', 'call', 'tokens in', 'out', 'of the trace', 'of the first'],
          heavy.map((at) => [
            at.trace,
            at.example,
            at.name,
            String(at.call),
            String(at.inputTokens),
            String(at.outputTokens),
            percent(at.share),
            `${times(at.timesFirst)}${at.bloated ? ' bloat' : ''}`,
          ]),
        ),
      ],
    },
  ];
}

const ms = (value: number): string =>
  value >= 10_000 ? `${(value / 1000).toFixed(1)} s` : `${value.toFixed(0)} ms`;
