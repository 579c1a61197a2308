import type { ScorerVersion } from '../../contracts/scorer.ts';
import { type CycleSpec, primaryMetric } from '../../contracts/spec.ts';

export type NameFault = {
  readonly path: readonly (string | number)[];
  readonly message: string;
};

/** Places of a spec that measure by a scorer whose values are texts: a text has no score. */
export function scorelessFaults(
  spec: CycleSpec,
  { judge, scorers }: { readonly judge: ScorerVersion; readonly scorers: readonly ScorerVersion[] },
): readonly NameFault[] {
  const texts = new Set([judge, ...scorers].filter(saysTexts).map(({ name }) => name));
  const { primary, gates, optimize, gate } = spec;
  const fault = (name: string, path: NameFault['path']): NameFault[] =>
    texts.has(name)
      ? [
          {
            path,
            message: `${path.join('.')}: \`${name}\` answers with a text, which has no score and measures nothing; give it categories with numbers, or name another scorer`,
          },
        ]
      : [];
  return [
    ...fault(primaryMetric(spec, judge.id), [primary === undefined ? 'judge' : 'primary']),
    ...gates.flatMap(({ scorer }, at) => fault(scorer, ['gates', at, 'scorer'])),
    ...optimize.objectives.flatMap((name, at) => fault(name, ['optimize', 'objectives', at])),
    ...gate.guardrails.flatMap(({ metric }, at) =>
      fault(metric, ['gate', 'guardrails', at, 'metric']),
    ),
  ];
}

const saysTexts = ({ definition }: ScorerVersion): boolean =>
  'value' in definition && definition.value.type === 'text';

/** Metrics of a guardrail that no scorer gives. */
const BUILT_IN = ['error_rate', 'latency_ms', 'cost_usd'];

/** Places of a spec that name a scorer no run of it has, and scorers that share a name. */
export function scorerNameFaults(
  { primary, gates, optimize, gate }: CycleSpec,
  names: readonly string[],
): readonly NameFault[] {
  const known = `the scorers of this spec are ${names.join(', ')}`;
  const unknown = (name: string, path: NameFault['path']): NameFault[] =>
    names.includes(name)
      ? []
      : [{ path, message: `${path.join('.')}: no scorer is named \`${name}\`; ${known}` }];
  const twice = names.findIndex((name, at) => names.indexOf(name) !== at);
  return [
    ...(twice < 0
      ? []
      : [
          {
            path: ['scorers', twice - 1],
            message: `scorers.${twice - 1}: \`${names[twice]}\` is named a second time; give it another name`,
          },
        ]),
    ...(primary === undefined ? [] : unknown(primary, ['primary'])),
    ...gates.flatMap(({ scorer }, at) => unknown(scorer, ['gates', at, 'scorer'])),
    ...optimize.objectives.flatMap((name, at) => unknown(name, ['optimize', 'objectives', at])),
    ...gate.guardrails.flatMap(({ metric }, at) =>
      BUILT_IN.includes(metric) ? [] : unknown(metric, ['gate', 'guardrails', at, 'metric']),
    ),
  ];
}
