import { setTimeout as delay } from 'node:timers/promises';
import type { AgentResult } from '../../agents/result.ts';
import { hashText } from '../../contracts/hash.ts';
import type { Span } from '../../contracts/trace.ts';
import * as cycles from '../../db/cycles/cycles.ts';
import * as datasets from '../../db/data/datasets.ts';
import { spansOf } from '../../db/traces/spans.ts';
import { agentOf } from '../agent.ts';
import { type AgentDeps, type CycleRef, modelsOf, prefixOf } from '../deps.ts';
import { UnfitSpecError } from '../unfit.ts';
import {
  answersDiffer,
  type Differential,
  type Shown,
  type Try,
  wordsCome,
} from './differential.ts';

/** How long spans of a service may take to come: exporters gather them for five seconds. */
const SPANS_WITHIN_MS = 7_000;
const LOOK_MS = 250;
/** Rows on which answers under different texts are compared. */
const ROWS = 3;

/**
 * Proof that a candidate prompt would change anything. Tried in turn, each where the one before says nothing: a marker shows in a model call
 * that went through us or whose span came for the trace; the agent names the text it used by its hash; texts that ask for different
 * answers get different ones. Runs on tuned rows and is never scored. @throws UnfitSpecError
 */
export async function canary(deps: AgentDeps, ref: CycleRef, signal?: AbortSignal): Promise<void> {
  const cycle = await cycles.getCycle(deps.db, ref);
  const agent = agentOf(deps, cycle);
  if (agent.record.kind === 'recorded') return;
  const rows = await datasets.firstTuneRows(
    deps.db,
    { project: ref.project, version: cycle.datasetVersion },
    ROWS,
  );
  const texts = await cycles.incumbentTexts(deps.db, ref);
  const key = prefixOf(ref);
  const run: Try = ({ name, row, prompts }) =>
    deps.host.run({
      agent,
      inputs: row.inputs,
      prompts,
      traceId: traceOf(key, `${row.id}/${name}`),
      model: modelsOf(deps, cycle).agent,
      ...(signal !== undefined && { signal }),
      context: (n) => ({
        purpose: 'agent',
        draw: `canary|${key}|${name === MARKED ? '' : `${row.id}|${name}|`}${n}`,
        project: ref.project,
        cycle: key,
      }),
    });
  const names = Object.keys(cycle.spec.prompts);
  const marked = Object.fromEntries(
    names.map((name) => [name, `${texts[name]}\n\n${markerOf(key, name)}`]),
  );
  const result = await run({ name: MARKED, row: rows[0]!, prompts: { ...texts, ...marked } });
  const faults: string[] = [];
  for (const prompt of names) {
    const test = { key, agent, prompt, texts, rows, run };
    const fault = await faultOf(deps, { test, ref, result, marked: marked[prompt]! });
    if (fault !== null) faults.push(fault);
  }
  if (result.status !== 'ok' && faults.length > 0)
    faults.unshift(
      `agent \`${agent.record.name}\` failed on example ${rows[0]!.id}: ${result.error?.message}`,
    );
  if (faults.length > 0) throw new UnfitSpecError(faults);
}

const MARKED = 'marked';

type Asked = {
  readonly test: Differential;
  readonly ref: CycleRef;
  readonly result: AgentResult;
  readonly marked: string;
};

/** Why nothing shows that the agent uses a prompt; null where something does. */
async function faultOf(deps: AgentDeps, asked: Asked): Promise<string | null> {
  const { test, ref, result, marked } = asked;
  const { prompt, agent } = test;
  const marker = markerOf(test.key, prompt);
  const calls = modelSpans(result.trace.spans);
  if (showsIn(calls, marker)) return null;
  if (calls.length > 0)
    return `prompt \`${prompt}\`: a marker put into it did not show in any model call of agent \`${agent.record.name}\`, so other texts would change nothing; let the agent ask for it by name`;
  const used = result.promptsUsed?.[prompt];
  if (used === hashText(marked)) return null;
  if (used !== undefined)
    return `prompt \`${prompt}\`: agent \`${agent.record.name}\` says that it used a text with the SHA-256 ${used.slice(0, 12)}..., and was sent one with ${hashText(marked).slice(0, 12)}...: let it use the text of each request as it is, and keep no copy`;
  if (result.status !== 'ok') return notShown(asked, null);
  if (await wordsCome(test)) return null;
  if (
    await spansShow(deps, ref, {
      trace: traceOf(test.key, `${test.rows[0]!.id}/${MARKED}`),
      marker,
    })
  )
    return null;
  const shown = await answersDiffer(test);
  return shown.reaches ? null : notShown(asked, shown);
}

function notShown({ test: { prompt, agent } }: Asked, shown: Shown | null): string {
  const { name, kind } = agent.record;
  const draws =
    shown === null
      ? ''
      : `; answers under three different texts (${shown.draws} draws) differ by no more than chance explains (p = ${shown.p!.toFixed(2)})`;
  const take =
    kind === 'module' || kind === 'prompt'
      ? `let the agent ask for it by name (\`context.prompt('${prompt}')\`)`
      : `let it use the text that each request carries as \`prompts.${prompt}\``;
  return `prompt \`${prompt}\`: a marker put into it did not show in any model call of agent \`${name}\`, its reply does not say that it used it${draws}: so other texts would change nothing. To mend that, ${take}; if it does, say so in the reply: {"outputs": {...}, "prompts_used": {"${prompt}": "<SHA-256 of the text>"}}`;
}

type Sought = { readonly trace: string; readonly marker: string };

/** Waits for spans that the service itself exports. Of an agent that has sent none by then, none are expected. */
async function spansShow(
  { db }: AgentDeps,
  { project }: CycleRef,
  { trace, marker }: Sought,
): Promise<boolean> {
  for (let waited = 0; waited <= SPANS_WITHIN_MS; waited += LOOK_MS) {
    const received = (await spansOf(db, { project, ids: [trace] })).get(trace) ?? [];
    if (showsIn(modelSpans(received), marker)) return true;
    await delay(LOOK_MS);
  }
  return false;
}

const traceOf = (key: string, name: string): string =>
  hashText(`canary ${key} ${name}`).slice(0, 32);

const markerOf = (key: string, name: string): string =>
  `[attune canary ${hashText(`${key}/${name}`).slice(0, 12)}]`;

const modelSpans = (spans: readonly Span[]): readonly Span[] =>
  spans.filter((span) => span.kind === 'model');

const showsIn = (spans: readonly Span[], marker: string): boolean =>
  spans.some((span) => JSON.stringify([span.inputs, span.attributes]).includes(marker));
