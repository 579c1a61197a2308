import type { CycleSpec } from '../../contracts/spec.ts';

export type NameFault = {
  readonly path: readonly (string | number)[];
  readonly message: string;
};

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
