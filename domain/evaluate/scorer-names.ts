import type { ScorerVersion } from '../../contracts/scorer.ts';
import { type CycleSpec, primaryMetric } from '../../contracts/spec.ts';

type Path = readonly (string | number)[];

export type NameFault = { readonly path: Path; readonly message: string };

type Named = { readonly name: string; readonly path: Path };

/** Metrics of a guardrail that no scorer gives. */
const BUILT_IN = ['error_rate', 'latency_ms', 'cost_usd'];

/** Places of a spec that measure by a scorer of this name. */
function namedIn({ primary, gates, optimize, gate }: CycleSpec): readonly Named[] {
  return [
    ...(primary === undefined ? [] : [{ name: primary, path: ['primary'] }]),
    ...gates.map(({ scorer: name }, at) => ({ name, path: ['gates', at, 'scorer'] })),
    ...optimize.objectives.map((name, at) => ({ name, path: ['optimize', 'objectives', at] })),
    ...gate.guardrails.flatMap(({ metric: name }, at) =>
      BUILT_IN.includes(name) ? [] : [{ name, path: ['gate', 'guardrails', at, 'metric'] }],
    ),
  ];
}

const faultAt = (path: Path, message: string): NameFault => ({
  path,
  message: `${path.join('.')}: ${message}`,
});

/** Places of a spec that measure by a scorer whose values are texts: a text has no score. */
export function scorelessFaults(
  spec: CycleSpec,
  { judge, scorers }: { readonly judge: ScorerVersion; readonly scorers: readonly ScorerVersion[] },
): readonly NameFault[] {
  const texts = new Set([judge, ...scorers].filter(saysTexts).map(({ name }) => name));
  const byJudge = { name: primaryMetric(spec, judge.id), path: ['judge'] };
  return [...(spec.primary === undefined ? [byJudge] : []), ...namedIn(spec)]
    .filter(({ name }) => texts.has(name))
    .map(({ name, path }) =>
      faultAt(
        path,
        `\`${name}\` answers with a text, which has no score and measures nothing; give it categories with numbers, or name another scorer`,
      ),
    );
}

const saysTexts = ({ definition }: ScorerVersion): boolean =>
  'value' in definition && definition.value.type === 'text';

/** Places of a spec that name a scorer no run of it has, and scorers that share a name. */
export function scorerNameFaults(spec: CycleSpec, names: readonly string[]): readonly NameFault[] {
  const twice = names.findIndex((name, at) => names.indexOf(name) !== at);
  const again = `\`${names[twice]}\` is named a second time; give it another name`;
  const known = `the scorers of this spec are ${names.join(', ')}`;
  return [
    ...(twice < 0 ? [] : [faultAt(['scorers', twice - 1], again)]),
    ...namedIn(spec)
      .filter(({ name }) => !names.includes(name))
      .map(({ name, path }) => faultAt(path, `no scorer is named \`${name}\`; ${known}`)),
  ];
}
