import { hashText } from '../../contracts/hash.ts';
import type { Trace } from '../../contracts/trace.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import * as datasets from '../../db/data/datasets.ts';
import { agentOf } from '../agent.ts';
import { type AgentDeps, type CycleRef, modelsOf, prefixOf } from '../deps.ts';
import { UnfitSpecError } from '../unfit.ts';

/**
 * Proof that a candidate prompt would change anything: a marker put into each prompt must show in what the agent sends to
 * a model. Runs on one TUNE row, and is never scored. @throws UnfitSpecError
 */
export async function canary(deps: AgentDeps, ref: CycleRef): Promise<void> {
  const { db, host } = deps;
  const cycle = await cycles.getCycle(db, ref);
  const agent = agentOf(deps, cycle);
  if (agent.record.kind === 'recorded') return;
  const example = await datasets.firstTuneRow(db, {
    project: ref.project,
    version: cycle.datasetVersion,
  });
  const texts = await cycles.incumbentTexts(db, ref);
  const names = Object.keys(cycle.spec.prompts);
  const markers = Object.fromEntries(names.map((name) => [name, markerOf(ref, name)]));
  const marked = names.map((name) => [name, `${texts[name]}\n\n${markers[name]}`]);
  const result = await host.run({
    agent,
    inputs: example.inputs,
    prompts: { ...texts, ...Object.fromEntries(marked) },
    traceId: hashText(`canary ${prefixOf(ref)}`).slice(0, 32),
    model: modelsOf(deps, cycle).agent,
    context: (n) => ({
      purpose: 'agent',
      draw: `canary|${prefixOf(ref)}|${n}`,
      project: ref.project,
      cycle: prefixOf(ref),
    }),
  });
  const sent = sentText(result.trace);
  const faults = names
    .filter((name) => !sent.includes(markers[name]!))
    .map(
      (name) =>
        `prompt \`${name}\`: a marker put into it did not show in any model call of agent \`${agent.record.name}\`, so other texts would change nothing; let the agent ask for it by name`,
    );
  if (result.status !== 'ok' && faults.length > 0)
    faults.unshift(
      `agent \`${agent.record.name}\` failed on example ${example.id}: ${result.error?.message}`,
    );
  if (faults.length > 0) throw new UnfitSpecError(faults);
}

const markerOf = (ref: CycleRef, name: string): string =>
  `[attune canary ${hashText(`${prefixOf(ref)}/${name}`).slice(0, 12)}]`;

const sentText = (trace: Trace): string =>
  trace.spans
    .filter((span) => span.kind === 'model')
    .map((span) => JSON.stringify(span.inputs))
    .join('\n');
