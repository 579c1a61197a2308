import { hashText } from '../../contracts/hash.ts';
import type { Json, JsonObject } from '../../contracts/json.ts';
import type { Model } from '../../contracts/model.ts';
import type { EvaluateAsk, OptimizeAsk, ReflectAsk } from '../../domain/optimize/ask.ts';
import { resume, start } from '../../domain/optimize/optimize.ts';
import type { OptimizeSettings } from '../../domain/optimize/options.ts';
import {
  checkProposal,
  extractProposal,
  reflectionPrompt,
  reflectiveRecord,
} from '../../domain/optimize/reflect.ts';
import type { OptimizeResult } from '../../domain/optimize/result.ts';
import type { Reply } from '../../domain/engine.ts';
import type { Judge, Verdict } from './judge.ts';
import { type Row, rowsIn, type Task } from './task.ts';

const context = { project: 'bench', cycle: 'practice' };

/** The agent's outputs for a row under a prompt. */
export async function runAgent(
  task: Task,
  at: { readonly row: Row; readonly prompt: string; readonly model: Model; readonly draw: string },
): Promise<JsonObject> {
  const { text } = await at.model.complete(
    {
      model: 'practice-agent',
      messages: [
        { role: 'system', content: at.prompt },
        { role: 'user', content: task.user(at.row.inputs) },
      ],
    },
    {
      ...context,
      purpose: 'agent',
      draw: `${at.draw}/${hashText(at.prompt).slice(0, 12)}/${at.row.id}`,
    },
  );
  return task.outputs(text);
}

const DRAWS = [0, 1, 2];

/** Share of sealed rows whose answer is gold, over three draws. */
export async function goldAccuracy(
  task: Task,
  { prompt, model }: { readonly prompt: string; readonly model: Model },
): Promise<number> {
  const hits = await Promise.all(
    rowsIn(task, 'sealed').flatMap((row) =>
      DRAWS.map(async (trial) => {
        const outputs = await runAgent(task, { row, prompt, model, draw: `gate/${trial}` });
        return Object.values(outputs)[0] === row.gold;
      }),
    ),
  );
  return hits.filter(Boolean).length / hits.length;
}

type Rollout = { readonly outputs: JsonObject; readonly verdict: Verdict };

export type Found = { readonly prompt: string; readonly result: OptimizeResult };

type Searching = {
  readonly model: Model;
  readonly judge: Judge;
  readonly seed: number;
  /** Options over the defaults. */
  readonly settings?: OptimizeSettings;
};

/** The optimizer on train and validation under a judge, with the default budget of 20 passes unless the settings say otherwise. */
export async function search(
  task: Task,
  { model, judge, seed, settings = {} }: Searching,
): Promise<Found> {
  const rows = new Map(rowsIn(task).map((row) => [row.id, row]));
  const texts = new Map<string, string>();
  const rollouts = new Map<string, Rollout>();
  const keep = (text: string) => {
    const textHash = hashText(text);
    texts.set(textHash, text);
    return { textHash, length: text.length };
  };
  const ids = (part: 'train' | 'validation') => rowsIn(task, part).map(({ id }) => id);

  async function rollout(text: string, id: string): Promise<Rollout> {
    const row = rows.get(id)!;
    const outputs = await runAgent(task, { row, prompt: text, model, draw: 'optimize' });
    const found = { outputs, verdict: await judge(row, outputs) };
    rollouts.set(`${hashText(text)}/${id}`, found);
    return found;
  }

  async function evaluate(ask: EvaluateAsk): Promise<Reply> {
    const text = texts.get(ask.components['router']!)!;
    const scores = await Promise.all(
      ask.exampleIds.map(async (id) => [
        id,
        { score: Number((await rollout(text, id)).verdict.value) },
      ]),
    );
    return { ok: Object.fromEntries(scores) as Json };
  }

  async function reflect(ask: ReflectAsk): Promise<Reply> {
    const current = texts.get(ask.components['router']!)!;
    const records = ask.exampleIds.map((id) => {
      const { outputs, verdict } = rollouts.get(`${hashText(current)}/${id}`)!;
      const { inputs } = rows.get(id)!;
      return reflectiveRecord({
        inputs,
        outputs,
        rationale: verdict.rationale,
        score: Number(verdict.value),
      });
    });
    const { complaint } = ask;
    const content = reflectionPrompt({ current, records, ...(complaint ? { complaint } : {}) });
    const { text: reply } = await model.complete(
      { model: 'practice-reflector', messages: [{ role: 'user', content }] },
      { ...context, purpose: 'reflect', draw: `proposal/${seed}/${ask.proposal}/${ask.attempt}` },
    );
    const text = extractProposal(reply);
    const examples = ask.exampleIds.map((id) => JSON.stringify(rows.get(id)!.inputs));
    const violation = checkProposal({ text, current, examples });
    return { ok: violation === null ? keep(text) : { violation } };
  }

  const answer = (ask: OptimizeAsk): Promise<Reply> =>
    ask.kind === 'evaluate' ? evaluate(ask) : reflect(ask);
  let turn = start({
    settings: { ...settings, seed },
    seed: { router: keep(task.prompt) },
    train: ids('train'),
    validation: ids('validation'),
  });
  while (turn.kind === 'ask') {
    const replies = await Promise.all(
      turn.asks.map(async (ask) => [ask.id, await answer(ask)] as const),
    );
    turn = resume(turn.state, Object.fromEntries(replies));
  }
  const { result } = turn;
  const best = result.candidates.find(({ candidate }) => candidate === result.finalist.candidate);
  return { prompt: texts.get(best?.components['router'] ?? '') ?? task.prompt, result };
}
