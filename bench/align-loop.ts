import type { AddressInfo } from 'node:net';
import type { JudgeDefinition } from '../contracts/judge.ts';
import type { Model } from '../contracts/model.ts';
import type { JudgeReport } from '../contracts/report.ts';
import type { Value } from '../contracts/value.ts';
import { buildJudgeReport } from '../domain/align/judge-report.ts';
import type { LabelledItem } from '../domain/align/snapshot.ts';
import { itemKey } from '../domain/label/consensus.ts';
import { createLimiter } from '../llm/limiter.ts';
import { createModel } from '../llm/model.ts';
import { createPracticeServer } from '../llm/practice/server.ts';
import { align, verdictOn } from './practice-judge.ts';
import { memoryStore } from './practice-store.ts';

/** The practice model behind HTTP in this process, through the product's own client and ledger. */
export async function practiceModel(): Promise<{
  readonly model: Model;
  readonly end: () => void;
}> {
  const server = createPracticeServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const model = createModel({
    endpoint: `http://127.0.0.1:${port}/v1`,
    apiKey: 'practice',
    replies: memoryStore(),
    limiter: createLimiter({ concurrency: 16 }),
  });
  return {
    model,
    end() {
      server.close();
      server.closeAllConnections();
    },
  };
}

export type Lesson = {
  readonly definition: JudgeDefinition;
  readonly learn: readonly LabelledItem[];
  readonly test: readonly LabelledItem[];
  readonly seed: string;
};

/** Aligns a judge to the labels to learn from, judges the others before and after, and reports: all as the product does it. */
export async function alignAndTest(
  model: Model,
  { definition, learn, test, seed }: Lesson,
): Promise<JudgeReport> {
  const memory = await align({ judge: definition }, { items: learn, model });
  const [base, aligned] = await Promise.all(
    [null, memory].map((of) => valuesOf(test, verdictOn(definition, { model, memory: of }))),
  );
  return buildJudgeReport({
    method: 'held-out',
    type: definition.value,
    items: test.map((item) => ({
      item: itemKey(item),
      conversation: item.conversation,
      labels: item.labels,
      base: base!.get(itemKey(item))!,
      aligned: aligned!.get(itemKey(item))!,
    })),
    memory: { guidelines: memory.guidelines, snapshots: memory.snapshots.length },
    seed,
  });
}

async function valuesOf(
  items: readonly LabelledItem[],
  verdict: ReturnType<typeof verdictOn>,
): Promise<ReadonlyMap<string, Value>> {
  const said = items.map(
    async (item) => [itemKey(item), (await verdict(item.fields)).value] as const,
  );
  return new Map(await Promise.all(said));
}
