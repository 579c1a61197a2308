import type { AddressInfo } from 'node:net';
import type { Model } from '../../contracts/model.ts';
import { createLimiter } from '../../llm/limiter.ts';
import { createModel } from '../../llm/model.ts';
import { createPracticeServer, type PracticeOptions } from '../../practice/server.ts';
import { memoryStore } from './store.ts';

/** The practice model behind HTTP in this process, through the product's own client and ledger. */
export async function practiceModel(
  options: PracticeOptions = {},
): Promise<{ readonly model: Model; readonly end: () => void }> {
  const server = createPracticeServer(options);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const model = createModel({
    endpoint: `http://127.0.0.1:${port}/v1`,
    apiKey: 'practice',
    replies: memoryStore(),
    limiter: createLimiter({ concurrency: 32 }),
  });
  return {
    model,
    end() {
      server.close();
      server.closeAllConnections();
    },
  };
}
