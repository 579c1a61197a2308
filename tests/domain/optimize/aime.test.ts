import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { hashText } from '../../../contracts/hash.ts';
import type { Json } from '../../../contracts/json.ts';
import type { OptimizeAsk, ReflectAsk } from '../../../domain/optimize/ask.ts';
import { resume, start } from '../../../domain/optimize/optimize.ts';
import { extractProposal, referencePrompt } from '../../../domain/optimize/reflect.ts';

type Message = { readonly role: string; readonly content: string };
type Example = {
  readonly input: string;
  readonly answer: string;
  readonly additional_context: Readonly<Record<string, string>>;
};

type Recording = {
  readonly seed_candidate: { readonly system_prompt: string };
  readonly trainset: readonly Example[];
  readonly valset: readonly Example[];
  readonly task: readonly { readonly messages: readonly Message[]; readonly reply: string }[];
  readonly reflection: readonly { readonly prompt: string; readonly reply: string }[];
  readonly expected: {
    readonly events: readonly {
      readonly t: string;
      readonly ids?: number[];
      readonly prompt_sha256?: string;
    }[];
    readonly total_metric_calls: number;
    readonly val_means: readonly number[];
    readonly best_idx: number;
    readonly best_candidate: { readonly system_prompt: string };
  };
};

const root = new URL('../../../', import.meta.url).pathname;
const file = path.resolve(
  root,
  process.env['ATTUNE_SHARED'] ?? '../shared',
  'gepa/aime_replay.json',
);
const skip = existsSync(file)
  ? false
  : 'the recording of the AIME test is not here (ATTUNE_SHARED)';

test("gepa's recorded AIME run is reproduced, prompt bytes included", { skip }, () => {
  const recording: Recording = JSON.parse(readFileSync(file, 'utf8'));
  const { expected, seed_candidate } = recording;
  const texts = new Map<string, string>();
  const keep = (text: string) => {
    texts.set(hashText(text), text);
    return { textHash: hashText(text), length: text.length };
  };
  const prompts: string[] = [];
  const answer = (ask: OptimizeAsk): Json => {
    const system = texts.get(ask.components['system_prompt']!)!;
    if (ask.kind === 'evaluate')
      return Object.fromEntries(
        ask.exampleIds.map((id) => [id, { score: scoreOf(recording, { id, system }) }]),
      );
    const prompt = promptOf(recording, { ask, system });
    prompts.push(hashText(prompt));
    const recorded = recording.reflection.find((entry) => entry.prompt === prompt);
    assert.ok(recorded, 'the prompt differs from the recorded one');
    return keep(extractProposal(recorded.reply));
  };
  let turn = start({
    settings: { mode: 'reference', budget: 30 },
    seed: { system_prompt: keep(seed_candidate.system_prompt) },
    train: recording.trainset.map((_, at) => `t${at}`),
    validation: recording.valset.map((_, at) => `v${at}`),
  });
  const events = [...turn.events];
  while (turn.kind === 'ask') {
    turn = resume(
      turn.state,
      Object.fromEntries(turn.asks.map((ask) => [ask.id, { ok: answer(ask) }])),
    );
    events.push(...turn.events);
  }
  const batches = events.flatMap((event) =>
    event.kind === 'batch' ? [event.exampleIds.map((id) => Number(id.slice(1)))] : [],
  );
  const told = (kind: string) => expected.events.filter(({ t }) => t === kind);
  assert.deepEqual(
    batches,
    told('batch').map(({ ids }) => ids),
  );
  assert.deepEqual(
    prompts,
    told('reflect').map(({ prompt_sha256 }) => prompt_sha256),
  );
  const { result } = turn;
  assert.equal(result.totals.rollouts, expected.total_metric_calls);
  assert.deepEqual(
    result.candidates.map(({ mean }) => mean),
    expected.val_means,
  );
  assert.equal(result.best?.index, expected.best_idx);
  const best = result.candidates[expected.best_idx]!.components['system_prompt']!;
  assert.equal(texts.get(best), expected.best_candidate.system_prompt);
});

function exampleOf({ trainset, valset }: Recording, id: string): Example {
  return (id.startsWith('t') ? trainset : valset)[Number(id.slice(1))]!;
}

function replyOf(
  recording: Recording,
  { id, system }: { readonly id: string; readonly system: string },
): string {
  const { input } = exampleOf(recording, id);
  const recorded = recording.task.find(
    ({ messages }) => messages[0]?.content === system && messages[1]?.content === input,
  );
  assert.ok(recorded, `no reply is recorded for ${id}`);
  return recorded.reply;
}

function scoreOf(
  recording: Recording,
  pair: { readonly id: string; readonly system: string },
): number {
  return replyOf(recording, pair).includes(exampleOf(recording, pair.id).answer) ? 1 : 0;
}

function promptOf(
  recording: Recording,
  { ask, system }: { readonly ask: ReflectAsk; readonly system: string },
): string {
  const records = ask.exampleIds.map((id) => {
    const { input, answer, additional_context } = exampleOf(recording, id);
    const context = Object.entries(additional_context).map(([key, value]) => `${key}: ${value}`);
    return {
      Inputs: input,
      'Generated Outputs': replyOf(recording, { id, system }),
      Feedback:
        `The generated response is incorrect. The correct answer is '${answer}'. ` +
        `Ensure that the correct answer is included in the response exactly as it is. ` +
        `Here is some additional context that might be helpful:\n${context.join('\n')}`,
    };
  });
  return referencePrompt({ current: system, records });
}
